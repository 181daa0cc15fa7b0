import Foundation
internal import EpicFFI

extension EpicError {
    init(_ error: EpicFFI.EpicError) {
        self =
            switch error {
            case .Read(let kind, let detail): .read(kind: kind, message: detail)
            case .Decode(let kind, let detail): .decode(kind: kind, message: detail)
            case .Limit(let kind, let detail): .limit(kind: kind, message: detail)
            case .InvalidArgument(let kind, let detail):
                .invalidArgument(kind: kind, message: detail)
            case .Pack(let kind, let detail, let corrupt):
                .pack(kind: kind, message: detail, isCorrupt: corrupt)
            case .Weights(let kind, let detail): .weights(kind: kind, message: detail)
            case .Inference(let kind, let detail): .inference(kind: kind, message: detail)
            case .Store(let kind, let detail): .store(kind: kind, message: detail)
            case .Callback(let kind, let detail), .Internal(let kind, let detail):
                .internal(kind: kind, message: detail)
            }
    }
}

/// A number as the border takes it.
func count<Number: FixedWidthInteger>(_ value: Int, _ name: String) throws -> Number {
    guard let number = Number(exactly: value) else {
        throw EpicError.invalidArgument("\(name) is \(value), not in \(Number.min)...\(Number.max)")
    }
    return number
}

extension EpicOptions {
    var native: EngineOptions {
        get throws {
            EngineOptions(
                pack: pack.native,
                weights: weights.native,
                exifThumbnail: usesExifThumbnail,
                maxPixels: maxPixels,
                textTimeMs: try textTime.map { try milliseconds($0, "textTime") }
            )
        }
    }
}

private func milliseconds<Number: FixedWidthInteger>(
    _ seconds: TimeInterval, _ name: String
) throws -> Number {
    guard let number = Number(exactly: (seconds * 1000).rounded()) else {
        throw EpicError.invalidArgument("\(name) is \(seconds) s, which is no time")
    }
    return number
}

extension PackSource {
    fileprivate var native: EpicFFI.PackSource {
        switch self {
        case .builtIn: .builtIn
        case .file(let url): .path(path: url.path)
        case .zip(let data): .zip(bytes: data)
        }
    }
}

extension WeightsSource {
    fileprivate var native: EpicFFI.WeightsSource {
        switch self {
        case .builtIn: .builtIn
        case .folder(let url): .path(path: url.path)
        }
    }
}

extension PackInfo {
    init(_ info: EpicFFI.PackInfo) {
        self.init(
            id: info.id,
            name: info.name,
            version: info.version,
            classes: info.classes.map { ClassInfo(name: $0.name, group: $0.group) },
            groups: info.groups,
            fallbackGroup: info.fallbackGroup,
            inputWidth: Int(info.inputWidth),
            inputHeight: Int(info.inputHeight)
        )
    }
}

extension Verdict {
    init(_ verdict: EpicFFI.Verdict) {
        self.init(
            className: verdict.className,
            group: verdict.group,
            confidence: verdict.confidence,
            scores: verdict.scores.map { ClassScore(className: $0.className, score: $0.score) },
            abstained: verdict.abstained,
            width: Int(verdict.width),
            height: Int(verdict.height)
        )
    }
}

extension PixelLayout {
    var native: EpicFFI.PixelLayout {
        get throws {
            EpicFFI.PixelLayout(
                width: try count(width, "width"),
                height: try count(height, "height"),
                stride: try count(stride, "stride"),
                format: format.native,
                premultiplied: isPremultiplied,
                orientation: orientation.native,
                sourceSize: try sourceSize.map { size in
                    EpicFFI.PictureSize(
                        width: try count(size.width, "sourceSize.width"),
                        height: try count(size.height, "sourceSize.height")
                    )
                }
            )
        }
    }
}

extension PixelFormat {
    fileprivate var native: EpicFFI.PixelFormat {
        switch self {
        case .rgb8: .rgb8
        case .rgba8: .rgba8
        case .bgra8: .bgra8
        }
    }
}

extension Orientation {
    fileprivate var native: EpicFFI.Orientation {
        switch self {
        case .normal: .normal
        case .flipHorizontal: .flipHorizontal
        case .rotate180: .rotate180
        case .flipVertical: .flipVertical
        case .transpose: .transpose
        case .rotate90: .rotate90
        case .transverse: .transverse
        case .rotate270: .rotate270
        }
    }
}

extension ScanItem {
    var native: EpicFFI.ScanItem {
        get throws {
            switch self {
            case .file(let url): .path(path: url.path)
            case .data(let data): .bytes(bytes: data)
            case .platform(let key, let size, let modified):
                .platform(key: key, size: size, modified: modified)
            }
        }
    }
}

extension ScanOptions {
    var native: EpicFFI.ScanOptions {
        get throws {
            EpicFFI.ScanOptions(
                jobs: try count(jobs, "jobs"),
                intervalMs: try milliseconds(interval, "interval"),
                store: store?.native
            )
        }
    }
}

extension ScanOutcome {
    init(_ outcome: EpicFFI.ScanOutcome) {
        self =
            switch outcome {
            case .classified(let verdict, let correction, let fromStore):
                .classified(Verdict(verdict), correction: correction, isFromStore: fromStore)
            case .failed(let kind, let detail): .failed(kind: kind, message: detail)
            }
    }
}

extension ScanSummary {
    init(_ summary: EpicFFI.ScanSummary) {
        self.init(
            classified: Int(summary.classified),
            fromStore: Int(summary.fromStore),
            failed: Int(summary.failed),
            isCancelled: summary.cancelled,
            storeError: summary.storeError
        )
    }
}

extension LogLevel {
    var native: EpicFFI.LogLevel {
        switch self {
        case .error: .error
        case .warn: .warn
        case .info: .info
        case .debug: .debug
        }
    }

    init(_ level: EpicFFI.LogLevel) {
        self =
            switch level {
            case .error: .error
            case .warn: .warn
            case .info: .info
            case .debug: .debug
            }
    }
}
