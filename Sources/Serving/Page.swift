/// The page that a browser shows, whose files are part of the program.
enum Page {
    static let html = PackageResources.page_html
    static let icon = PackageResources.icon_svg
    static let css = PackageResources.page_css
    static let script = PackageResources.page_js
    /// Nothing from elsewhere, and no script or style inside the page itself.
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}
