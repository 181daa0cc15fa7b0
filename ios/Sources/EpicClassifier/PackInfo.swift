/// What a pack says of itself.
public struct PackInfo: Sendable, Hashable {
    /// Name, version and the start of the manifest's hash.
    public let id: String
    /// Name.
    public let name: String
    /// Semantic version.
    public let version: String
    /// Classes with their groups, in the order of scores.
    public let classes: [ClassInfo]
    /// All groups.
    public let groups: [String]
    /// The group of what is not sure: personal.
    public let fallbackGroup: String
    /// Width of the network's input in pixels.
    public let inputWidth: Int
    /// Height of the network's input in pixels.
    public let inputHeight: Int
}

/// A class and its group.
public struct ClassInfo: Sendable, Hashable {
    /// Name, as in verdicts.
    public let name: String
    /// Group that it belongs to.
    public let group: String
}
