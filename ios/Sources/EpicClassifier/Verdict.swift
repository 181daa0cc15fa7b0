/// What the classifier says of one picture.
public struct Verdict: Sendable, Hashable {
    /// The most probable class, a name of the pack's taxonomy.
    public let className: String
    /// The group to treat the picture as: the fallback group (``PackInfo/fallbackGroup``, personal)
    /// when abstained.
    public let group: String
    /// Calibrated probability of the class, in 0...1.
    public let confidence: Float
    /// Calibrated probability per class, in the order of the taxonomy.
    public let scores: [ClassScore]
    /// Whether the pack's thresholds were missed: do not act on the class.
    public let abstained: Bool
    /// Upright width of the full picture in pixels.
    public let width: Int
    /// Upright height of the full picture in pixels.
    public let height: Int
}

/// The probability of one class.
public struct ClassScore: Sendable, Hashable {
    /// A name of the pack's taxonomy.
    public let className: String
    /// In 0...1.
    public let score: Float
}

/// Verdict and metadata of one picture from one decode.
public struct Analysis: Sendable, Hashable {
    /// What the pack says.
    public let verdict: Verdict
    /// The parts that were asked for.
    public let metadata: ImageMetadata
}
