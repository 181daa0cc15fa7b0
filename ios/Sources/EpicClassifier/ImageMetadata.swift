/// Parts of the metadata. What is not asked for is neither loaded nor run.
public struct MetadataParts: OptionSet, Sendable, Hashable {
    public let rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Dominant colours.
    public static let colors = MetadataParts(rawValue: 1 << 0)
    /// Face boxes.
    public static let faces = MetadataParts(rawValue: 1 << 1)
    /// Text lines and words.
    public static let text = MetadataParts(rawValue: 1 << 2)
    /// All of them.
    public static let all: MetadataParts = [.colors, .faces, .text]
}

/// What is known of one picture. A part that was not asked for is `nil`.
public struct ImageMetadata: Sendable, Hashable {
    /// Version of the record; it rises when a field changes its meaning.
    public let version: Int
    /// Width in pixels of the upright full picture.
    public let width: Int
    /// Height in pixels of the upright full picture.
    public let height: Int
    /// At most five dominant colours, by share, largest first.
    public let colors: [DominantColor]?
    /// Faces.
    public let faces: FaceMetadata?
    /// Text.
    public let text: TextMetadata?
    /// The thesis's 37 columns in their order, as `epic metadata` writes them; the file's name, path and
    /// class are `nil` here.
    public let columns: [MetadataColumn]
}

/// One of the thesis's 37 columns.
public struct MetadataColumn: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// Its value; `nil` where it was not asked for, or is not defined for this picture.
    public let value: ColumnValue?
}

/// The value of a column.
public enum ColumnValue: Sendable, Hashable {
    /// A count.
    case count(UInt64)
    /// A ratio, a score or a mean.
    case number(Double)
    /// Words, or a colour.
    case text(String)
}

/// An sRGB colour and its share of the picture.
public struct DominantColor: Sendable, Hashable {
    /// `#rrggbb`, lower case.
    public let hex: String
    /// Share of the picture's pixels, above 0 and at most 1.
    public let ratio: Float
}

/// The faces of a picture.
public struct FaceMetadata: Sendable, Hashable {
    /// Faces, the surest first.
    public let faces: [Face]
    /// Area of the union of all face boxes ÷ area of the picture, in 0...1.
    public let areaRatio: Float
}

/// A detected face; the box is in pixels of the upright full picture.
public struct Face: Sendable, Hashable {
    /// Left edge.
    public let x: Float
    /// Upper edge.
    public let y: Float
    /// Width, above 0.
    public let width: Float
    /// Height, above 0.
    public let height: Float
    /// Confidence in 0...1.
    public let score: Float
}

/// The script that a line of text was read in.
public enum Script: Sendable, Hashable, CaseIterable {
    /// Latin letters, digits and signs.
    case latin
    /// Arabic letters.
    case arabic
    /// Found, but not read: too unsure, another script, or out of budget.
    case unread
}

/// A point in pixels of the upright full picture.
public struct Point: Sendable, Hashable {
    /// From the left edge.
    public let x: Float
    /// From the upper edge.
    public let y: Float
}

/// One detected line of text.
public struct TextLine: Sendable, Hashable {
    /// Its four corners, clockwise from the upper left.
    public let corners: [Point]
    /// Script it was read in.
    public let script: Script
    /// What it says, in logical order; empty when unread.
    public let text: String
    /// Mean confidence of the recogniser in 0...1; 0 when unread.
    public let score: Float
    /// Index of its block, from 0 in reading order.
    public let block: Int
    /// Index of its line, from 0 in reading order.
    public let line: Int
}

/// What was read in one script.
public struct ScriptText: Sendable, Hashable {
    /// Text boxes of this script.
    public let boxes: Int
    /// Words as they are written, separators left out.
    public let words: [String]
    /// Lemmas (English) or light stems (Arabic), one per word.
    public let lemmas: [String]
    /// Glued words parted first, then lemmas; for Arabic the lemmas again.
    public let segmentedLemmas: [String]
    /// Number of tokens when separators count too.
    public let wordsIncludingSeparators: Int
    /// Mean confidence of the boxes in 0...1; `nil` without a box.
    public let meanScore: Float?
}

/// The text of a picture.
public struct TextMetadata: Sendable, Hashable {
    /// Area of the union of all text boxes ÷ area of the picture, in 0...1.
    public let areaRatio: Float
    /// Lines of text: boxes on one baseline of a block count once.
    public let lineCount: Int
    /// Blocks: lines that stand close together.
    public let blockCount: Int
    /// Boxes found but not read.
    public let unreadBoxes: Int
    /// Latin script.
    public let english: ScriptText
    /// Arabic script.
    public let arabic: ScriptText
    /// Mathematical digits and symbols in all lines.
    public let mathSymbolCount: Int
    /// Whether the budget ended before all boxes were read.
    public let isPartial: Bool
    /// All boxes in reading order.
    public let lines: [TextLine]
}
