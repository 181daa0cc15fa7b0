/// Channel order of pixels, 8 bits each.
public enum PixelFormat: Sendable, Hashable, CaseIterable {
    /// Red, green, blue.
    case rgb8
    /// Red, green, blue, alpha.
    case rgba8
    /// Blue, green, red, alpha (`kCVPixelFormatType_32BGRA`).
    case bgra8

    var bytesPerPixel: Int {
        switch self {
        case .rgb8: 3
        case .rgba8, .bgra8: 4
        }
    }
}

/// How stored pixels are turned to stand upright. Raw values are those of EXIF and of
/// `CGImagePropertyOrientation`.
public enum Orientation: UInt32, Sendable, Hashable, CaseIterable {
    /// Stored upright.
    case normal = 1
    /// Mirrored left to right.
    case flipHorizontal = 2
    /// Turned by 180°.
    case rotate180 = 3
    /// Mirrored top to bottom.
    case flipVertical = 4
    /// Mirrored along the main diagonal.
    case transpose = 5
    /// To be turned by 90° clockwise.
    case rotate90 = 6
    /// Mirrored along the other diagonal.
    case transverse = 7
    /// To be turned by 270° clockwise.
    case rotate270 = 8
}

/// Width and height in pixels.
public struct PictureSize: Sendable, Hashable {
    /// Pixels in a row.
    public var width: Int
    /// Number of rows.
    public var height: Int

    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }
}

/// How a buffer of pixels is laid out.
public struct PixelLayout: Sendable, Hashable {
    /// Pixels in a row.
    public var width: Int
    /// Number of rows, from top to bottom.
    public var height: Int
    /// Bytes from the start of one row to the start of the next.
    public var stride: Int
    /// Channel order.
    public var format: PixelFormat
    /// Whether colours are already multiplied by alpha, as Core Graphics draws them.
    public var isPremultiplied: Bool
    /// How the pixels are turned upright.
    public var orientation: Orientation
    /// Upright size of the full picture, where these pixels are a reduction of it.
    public var sourceSize: PictureSize?

    /// - Parameter stride: `nil` for rows without a gap.
    public init(
        width: Int,
        height: Int,
        format: PixelFormat = .rgba8,
        stride: Int? = nil,
        isPremultiplied: Bool = false,
        orientation: Orientation = .normal,
        sourceSize: PictureSize? = nil
    ) {
        self.width = width
        self.height = height
        self.format = format
        self.stride = stride ?? width &* format.bytesPerPixel
        self.isPremultiplied = isPremultiplied
        self.orientation = orientation
        self.sourceSize = sourceSize
    }
}
