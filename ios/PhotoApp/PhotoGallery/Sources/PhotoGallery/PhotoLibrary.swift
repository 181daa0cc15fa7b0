import EpicClassifier

/// The phone's pictures, as the app needs them. Photos stands behind it on a phone, a folder in tests.
public protocol PhotoLibrary: ItemOpener {
    /// Asks for access where it was not asked for yet.
    func requestAccess() async -> LibraryAccess

    /// All pictures that the app may see.
    func items() async throws -> [ScanItem]

    /// Asks the user, by the system's own dialog, and deletes. Returns whether it was done.
    func delete(_ keys: [String]) async throws -> Bool
}

/// What the app may see.
public enum LibraryAccess: Sendable, Hashable {
    /// All pictures.
    case full
    /// Those that the user chose.
    case limited
    /// None.
    case denied
}
