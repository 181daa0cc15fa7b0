import Foundation

/// A picture to classify. Nothing of it is kept after the call.
public struct ImageSource: Sendable {
    let content: Content

    enum Content: Sendable {
        case file(URL)
        case fileDescriptor(Int32)
        case data(Data)
        case pixels(any PixelProvider)
    }

    /// An encoded file.
    public static func file(_ url: URL) -> ImageSource { ImageSource(content: .file(url)) }

    /// An open encoded file, read from its current position to its end. The descriptor stays the
    /// caller's.
    public static func fileDescriptor(_ descriptor: Int32) -> ImageSource {
        ImageSource(content: .fileDescriptor(descriptor))
    }

    /// An encoded file in memory; it is not copied.
    public static func data(_ data: Data) -> ImageSource { ImageSource(content: .data(data)) }

    /// Pixels that the platform decoded; they are not copied.
    public static func pixels(_ data: Data, _ layout: PixelLayout) -> ImageSource {
        ImageSource(content: .pixels(StoredPixels(data: data, layout: layout)))
    }
}

/// Lends pixels for the time of one call, on the thread of the work.
protocol PixelProvider: Sendable {
    func withPixels<Result>(_ body: (Data, PixelLayout) throws -> Result) throws -> Result
}

private struct StoredPixels: PixelProvider {
    let data: Data
    let layout: PixelLayout

    func withPixels<Result>(_ body: (Data, PixelLayout) throws -> Result) throws -> Result {
        try body(data, layout)
    }
}
