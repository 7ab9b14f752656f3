import CommandLineSupport
import Foundations

/// Why a request is not answered as it wishes: a status, and a reason for people. No path of the machine is in it.
public struct HTTPError: Error, Equatable {
    /// The status of RFC 9110.
    public let status: Int
    /// One line.
    public let reason: String

    init(_ status: Int, _ reason: String) {
        self.status = status
        self.reason = reason
    }

    /// What the content of a request made fail.
    init(_ error: any Error) {
        switch error {
        case let error as HTTPError: self = error
        case let failure as CommandFailure where failure.code == .badData || failure.code == .usage:
            self.init(400, failure.message)
        case let error as any CategorizedError:
            switch error.category {
            case .usage, .badData: self.init(400, error.description)
            case .memory: self.init(503, error.description)
            case .missingInput, .inputOutput, .internal: self.init(500, "the request could not be answered")
            }
        default: self.init(500, "the request could not be answered")
        }
    }

    /// The answer that says so.
    var response: HTTPResponse {
        var response = HTTPResponse(json: ["error": .string(reason)], status: status)
        if status == 503 { response.headers.append(("Retry-After", "1")) }
        if status == 401 { response.headers.append(("WWW-Authenticate", "Bearer")) }
        return response
    }
}
