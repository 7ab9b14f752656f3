import Foundation
import TestSupport
import Testing

/// The Swift code in the DocC catalogue is the code that this target compiles.
struct ClassifierArticleTests {
    private struct Snippet: Hashable {
        let article: String
        let code: String
    }

    private func text(_ path: String) throws -> String {
        try String(contentsOf: Fixture.root.appendingPathComponent(path), encoding: .utf8)
    }

    /// The marked lines of ClassifierSnippets.swift, without their indentation.
    private func compiled() throws -> [Snippet] {
        var snippets: [Snippet] = []
        var current: (article: String, lines: [Substring])?
        for line in try text("Tests/CondenseNetTests/ClassifierSnippets.swift").split(
            separator: "\n", omittingEmptySubsequences: false)
        {
            if let match = line.wholeMatch(of: #/ *// snippet: (\w+)/#) {
                current = (String(match.1), [])
            } else if line.hasSuffix("// end"), let snippet = current {
                snippets.append(Snippet(article: snippet.article, code: snippet.lines.joined(separator: "\n")))
                current = nil
            } else {
                current?.lines.append(line.dropFirst(4))
            }
        }
        return snippets
    }

    @Test func articlesShowCompiledCode() throws {
        let compiled = try compiled()
        #expect(compiled.count == 4)
        for article in ["GettingStarted", "Concurrency", "CondenseNet"] {
            let blocks = try text("Sources/CondenseNet/CondenseNet.docc/\(article).md").matches(
                of: /```swift\n(?:import \w+\n\n)?((?s).*?)\n```/)
            #expect(
                Set(blocks.map { Snippet(article: article, code: String($0.1)) })
                    == Set(compiled.filter { $0.article == article }))
        }
    }

    @Test func readMeShowsTheSameLines() throws {
        let blocks = try text("README.md").matches(of: /```swift\nimport CondenseNet\n\n((?s).*?)\n```/)
        let gettingStarted = try compiled().first { $0.article == "GettingStarted" }
        #expect(blocks.map { String($0.1) } == [gettingStarted?.code])
    }
}
