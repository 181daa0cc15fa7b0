public struct UTType: Sendable, Hashable {
    public init?(_ identifier: String) { nil }
    private init(name: Int) {}
    public func conforms(to type: UTType) -> Bool { false }

    public static let jpeg = UTType(name: 0)
    public static let png = UTType(name: 0)
    public static let gif = UTType(name: 0)
    public static let webP = UTType(name: 0)
    public static let bmp = UTType(name: 0)
    public static let tiff = UTType(name: 0)
    public static let rawImage = UTType(name: 0)
}
