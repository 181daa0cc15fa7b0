import Foundation

/// Where the pack comes from.
public enum PackSource: Sendable, Hashable {
    /// The one inside the library.
    case builtIn
    /// A folder, or a zip file of it.
    case file(URL)
    /// A zip file in memory.
    case zip(Data)
}

/// Where the weights behind faces and text come from.
public enum WeightsSource: Sendable, Hashable {
    /// Those inside the library.
    case builtIn
    /// A folder.
    case folder(URL)
}

/// How an engine works.
public struct EpicOptions: Sendable, Hashable {
    /// The classifier's pack.
    public var pack: PackSource
    /// The weights behind faces and text; nothing is read before a part needs it.
    public var weights: WeightsSource
    /// Use an EXIF thumbnail that is large enough and shows no sign of a later edit: thirty times
    /// faster on phone photos, with a small effect on scores.
    public var usesExifThumbnail: Bool
    /// Pixels of the largest picture that is decoded; `nil` for the default.
    public var maxPixels: UInt64?
    /// Seconds for reading one picture's text; what is not read by then counts as unread and the
    /// record as partial; `nil` for no bound.
    public var textTime: TimeInterval?

    public init(
        pack: PackSource = .builtIn,
        weights: WeightsSource = .builtIn,
        usesExifThumbnail: Bool = false,
        maxPixels: UInt64? = nil,
        textTime: TimeInterval? = nil
    ) {
        self.pack = pack
        self.weights = weights
        self.usesExifThumbnail = usesExifThumbnail
        self.maxPixels = maxPixels
        self.textTime = textTime
    }
}
