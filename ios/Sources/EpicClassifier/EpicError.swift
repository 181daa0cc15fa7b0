import Foundation

/// Why a call failed. `kind` is a stable lower-case word, as `epic scan --json` writes it; messages are for
/// developers, in English. Neither holds a path, a text or a pixel of a picture.
public enum EpicError: Error, Sendable, Hashable {
    /// The file or item cannot be read now.
    case read(kind: String, message: String)
    /// The picture is corrupt, cut short, or of a format that is not decoded here: let the
    /// platform decode it (`ImageSource.imageIO`).
    case decode(kind: String, message: String)
    /// The picture exceeds a limit; nothing was allocated.
    case limit(kind: String, message: String)
    /// An argument contradicts itself: a buffer shorter than its rows, for instance.
    case invalidArgument(kind: String, message: String)
    /// The pack cannot be used. `isCorrupt`: a fresh copy of the same pack is likely to help.
    case pack(kind: String, message: String, isCorrupt: Bool)
    /// The weights behind faces and text are missing or damaged.
    case weights(kind: String, message: String)
    /// A network failed on a picture.
    case inference(kind: String, message: String)
    /// The store cannot be opened or used.
    case store(kind: String, message: String)
    /// A bug of EPIC: a panic was caught. The engine can still be used.
    case `internal`(kind: String, message: String)

    /// A stable lower-case word.
    public var kind: String { parts.kind }

    /// For developers, in English.
    public var message: String { parts.message }

    static func invalidArgument(_ message: String) -> EpicError {
        .invalidArgument(kind: "invalid_argument", message: message)
    }

    private var parts: (kind: String, message: String) {
        switch self {
        case .read(let kind, let message), .decode(let kind, let message),
            .limit(let kind, let message), .invalidArgument(let kind, let message),
            .pack(let kind, let message, _), .weights(let kind, let message),
            .inference(let kind, let message), .store(let kind, let message),
            .internal(let kind, let message):
            (kind, message)
        }
    }
}

extension EpicError: LocalizedError {
    public var errorDescription: String? { message }
}
