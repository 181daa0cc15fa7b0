import Foundation
import ImageIO
import UIKit

public enum PHAssetMediaType: Int, Sendable { case unknown, image, video, audio }
public enum PHAccessLevel: Int, Sendable { case addOnly = 1, readWrite }
public enum PHAuthorizationStatus: Int, Sendable { case notDetermined, restricted, denied, authorized, limited }
public enum PHImageContentMode: Int, Sendable { case aspectFit, aspectFill }
public enum PHImageRequestOptionsVersion: Int, Sendable { case current, unadjusted, original }
public enum PHImageRequestOptionsDeliveryMode: Int, Sendable { case opportunistic, highQualityFormat, fastFormat }
public typealias PHImageRequestID = Int32

public let PHImageResultIsInCloudKey = ""
public let PHImageResultIsDegradedKey = ""

open class PHAsset: @unchecked Sendable {
    init() {}
    public var localIdentifier: String { "" }
    public var pixelWidth: Int { 0 }
    public var pixelHeight: Int { 0 }
    public var creationDate: Date? { nil }
    public var modificationDate: Date? { nil }
    public class func fetchAssets(
        with mediaType: PHAssetMediaType, options: PHFetchOptions?
    ) -> PHFetchResult<PHAsset> { PHFetchResult() }
    public class func fetchAssets(
        withLocalIdentifiers identifiers: [String], options: PHFetchOptions?
    ) -> PHFetchResult<PHAsset> { PHFetchResult() }
}

public final class PHFetchOptions {
    public init() {}
}

public final class PHFetchResult<Object: AnyObject>: @unchecked Sendable {
    init() {}
    public var count: Int { 0 }
    public var firstObject: Object? { nil }
    public func object(at index: Int) -> Object { fatalError() }
}

public final class PHImageRequestOptions {
    public init() {}
    public var isSynchronous = false
    public var isNetworkAccessAllowed = false
    public var version = PHImageRequestOptionsVersion.current
    public var deliveryMode = PHImageRequestOptionsDeliveryMode.opportunistic
}

public final class PHImageManager: @unchecked Sendable {
    init() {}
    public class func `default`() -> PHImageManager { PHImageManager() }
    @discardableResult
    public func requestImageDataAndOrientation(
        for asset: PHAsset, options: PHImageRequestOptions?,
        resultHandler: @escaping @Sendable (
            Data?, String?, CGImagePropertyOrientation, [AnyHashable: Any]?
        ) -> Void
    ) -> PHImageRequestID { 0 }
    @discardableResult
    public func requestImage(
        for asset: PHAsset, targetSize: CGSize, contentMode: PHImageContentMode, options: PHImageRequestOptions?,
        resultHandler: @escaping @Sendable (UIImage?, [AnyHashable: Any]?) -> Void
    ) -> PHImageRequestID { 0 }
    public func cancelImageRequest(_ request: PHImageRequestID) {}
}

public final class PHPhotoLibrary: @unchecked Sendable {
    init() {}
    public class func shared() -> PHPhotoLibrary { PHPhotoLibrary() }
    public class func authorizationStatus(for level: PHAccessLevel) -> PHAuthorizationStatus { .denied }
    public class func requestAuthorization(for level: PHAccessLevel) async -> PHAuthorizationStatus { .denied }
    public func performChanges(_ changes: @escaping @Sendable () -> Void) async throws {}
}

public final class PHAssetChangeRequest {
    init() {}
    public class func deleteAssets(_ assets: PHFetchResult<PHAsset>) {}
}

public struct PHPhotosError: Error {
    public enum Code: Int, Sendable { case userCancelled = 3072, accessUserDenied = 3311 }
    public var code: Code { .userCancelled }
}
