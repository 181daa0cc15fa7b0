@_exported import CoreGraphics

public final class UIImage: @unchecked Sendable {
    public enum Orientation: Int, Sendable {
        case up, down, left, right, upMirrored, downMirrored, leftMirrored, rightMirrored
    }

    init() {}
    public var cgImage: CGImage? { nil }
    public var imageOrientation: Orientation { .up }
}

@MainActor
public final class UIApplication {
    init() {}
    public nonisolated static let openSettingsURLString = ""
}
