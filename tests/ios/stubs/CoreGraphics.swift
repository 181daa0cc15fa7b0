@_exported import Foundation

public typealias CFString = String
public typealias CFDictionary = [String: Any]
public typealias CFURL = URL
public typealias CFData = Data

public final class CGColorSpace {
    public static let sRGB: CFString = ""
    public init?(name: CFString) { nil }
}

public enum CGImageAlphaInfo: UInt32 {
    case none, premultipliedLast, premultipliedFirst
}

public final class CGImage {
    init() {}
    public var width: Int { 0 }
    public var height: Int { 0 }
}

public final class CGContext {
    public init?(
        data: UnsafeMutableRawPointer?, width: Int, height: Int, bitsPerComponent: Int, bytesPerRow: Int,
        space: CGColorSpace, bitmapInfo: UInt32
    ) { nil }
    public var data: UnsafeMutableRawPointer? { nil }
    public var bytesPerRow: Int { 0 }
    public func draw(_ image: CGImage, in rect: CGRect) {}
}
