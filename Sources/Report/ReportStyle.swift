/// The page's style sheet: one column that fits a phone, light and dark.
package enum ReportStyle {
    /// The classes that draw a series, counted from 0. Those beyond the last colour begin again with the first, and have
    /// dashes and marks of their own.
    ///
    /// - Parameter kind: `a` for an area, `b` for a box, `d` for a mark, `l` for a line.
    package static func classes(_ kind: String, series: Int) -> String {
        let pattern = pattern(series: series)
        return "\(kind)\(series % palette.count)\(pattern > 0 ? " k\(pattern)" : "")"
    }

    /// 0 for series drawn plainly, 1 and 2 for the dashes of those that share their colours.
    package static func pattern(series: Int) -> Int { series / palette.count % 3 }

    /// Light and dark theme, told apart also without red or green (after Okabe and Ito).
    private static let palette = [
        ("#0068a8", "#5ab4ee"), ("#c44e00", "#ff9a55"), ("#00805d", "#3fcf9f"), ("#a1478a", "#e394cb"),
        ("#8a6d00", "#e6c34a"), ("#565f69", "#b3bdc8"),
    ]

    package static var text: String {
        var text = base + "\n:root{"
        for (index, color) in palette.enumerated() { text += "--s\(index):\(color.0);" }
        text += "}\n@media (prefers-color-scheme:dark){:root{"
        for (index, color) in palette.enumerated() { text += "--s\(index):\(color.1);" }
        text += "}}\n"
        for index in palette.indices {
            text += ".b\(index){background:var(--s\(index))}.a\(index),.d\(index){fill:var(--s\(index))}"
            text += ".a\(index),.l\(index),.d\(index){stroke:var(--s\(index))}\n"
        }
        return text
    }

    private static let base = """
        :root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#1b2128;--dim:#5d6975;--rule:#dfe4ea;--warn:#8a4b00;
        --warnback:#fff3df}
        @media (prefers-color-scheme:dark){:root{--page:#101418;--card:#191f26;--ink:#e6eaee;--dim:#9aa6b2;--rule:#2d363f;
        --warn:#ffc98a;--warnback:#33260f}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
        main{max-width:1180px;margin:0 auto;padding:20px 16px 40px}
        h1{font-size:1.7rem;margin:0;overflow-wrap:anywhere}
        h2{font-size:1.1rem;margin:0 0 12px;overflow-wrap:anywhere}
        h3{font-size:.95rem;margin:16px 0 6px;overflow-wrap:anywhere}
        section{background:var(--card);border:1px solid var(--rule);border-radius:12px;padding:16px;margin:16px 0}
        .note,footer{color:var(--dim);font-size:.86rem;margin:8px 0 0}
        .warning{color:var(--warn);background:var(--warnback);border-radius:8px;padding:8px 12px;margin:10px 0 0}
        dl{margin:0}dd{margin:0}
        .figures{display:flex;flex-wrap:wrap;gap:8px 28px;margin:14px 0 4px}
        .figures dt{color:var(--dim);font-size:.8rem}
        .figures dd{font-size:1.7rem;font-weight:650;font-variant-numeric:tabular-nums;line-height:1.2}
        .figures small{font-size:.9rem;font-weight:400;color:var(--dim)}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.85rem}
        th,td{padding:5px 8px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--rule)}
        th:first-child{text-align:left;padding-left:0}
        td:last-child{padding-right:0}
        thead th{color:var(--dim);font-weight:500}
        tbody th{font-weight:500}
        tbody tr:last-child>*{border-bottom:0}
        .results thead th{white-space:normal;vertical-align:bottom}
        .results tbody th{min-width:11rem}
        .bars tbody th{width:60%;min-width:9rem;white-space:normal;overflow-wrap:anywhere;line-height:1.25}
        .bars td{width:1%}
        .bar{display:block;height:5px;border-radius:3px;margin-top:4px;min-width:1px}
        summary{cursor:pointer;margin:14px 0 6px;font-weight:600;font-size:.95rem}
        .plot{overflow-x:auto}
        .multiples{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(20rem,100%),1fr));gap:14px 20px}
        figure{margin:0}
        figcaption{font-size:.86rem;font-weight:600;overflow-wrap:anywhere}
        .multiples svg text{font-size:19px}
        tbody th small{display:block;color:var(--dim);font-weight:400}
        svg{display:block;width:100%;height:auto}
        svg text{fill:var(--dim);font:11px system-ui,sans-serif}
        @media (max-width:640px){svg text,.multiples svg text{font-size:23px}.figures dd{font-size:1.4rem}
        .wide{display:none}.results tbody th{min-width:0;white-space:normal;overflow-wrap:anywhere}
        tbody th{white-space:normal;overflow-wrap:anywhere}}
        .grid{stroke:var(--rule);stroke-width:1}
        .axis{stroke:var(--dim);stroke-width:1}
        .area{fill-opacity:.22;stroke-width:1.5}
        path.band{fill-opacity:.16;stroke:none}
        .line{fill:none;stroke-width:2;stroke-linejoin:round}
        .mark{fill-opacity:.4;stroke-width:1.2}
        path.k1{stroke-dasharray:9 4}
        path.k2{stroke-dasharray:2 4}
        i.k1,span.k1{background-image:repeating-linear-gradient(90deg,transparent 0 6px,var(--card) 6px 8px)}
        i.k2,span.k2{background-image:repeating-linear-gradient(90deg,transparent 0 2px,var(--card) 2px 4px)}
        svg .label{fill:var(--ink);paint-order:stroke;stroke:var(--card);stroke-width:4px;stroke-linejoin:round}
        .roof{fill:none;stroke:var(--ink);stroke-width:1.5;stroke-dasharray:6 4}
        .legend{display:flex;flex-wrap:wrap;gap:4px 20px;list-style:none;margin:8px 0 0;padding:0;font-size:.86rem}
        .legend i{display:inline-block;width:12px;height:12px;border-radius:50%;margin-right:7px;vertical-align:-1px}
        .legend .k1{border-radius:0}
        .legend .k2{border-radius:0;transform:rotate(45deg) scale(.8)}
        .facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:6px 24px;margin:6px 0 10px}
        .facts dt{color:var(--dim);font-size:.8rem}
        .facts dd{overflow-wrap:anywhere}
        """
}
