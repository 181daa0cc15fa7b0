import Foundation
internal import EpicFFI

/// Sorts pictures into personal and irrelevant ones, on the device. One engine serves all tasks; it
/// is freed with its last reference.
///
/// Asynchronous calls run on threads of their own, never on the cooperative pool, and throw
/// `CancellationError` at once when their task is cancelled.
public final class Epic: Sendable {
    let engine: Engine

    /// What the pack says of itself.
    public let pack: PackInfo

    private init(_ engine: Engine) throws {
        self.engine = engine
        pack = PackInfo(try engine.info())
    }

    /// Opens the pack and builds its network: some tens of milliseconds.
    ///
    /// - Throws: ``EpicError/pack(kind:message:isCorrupt:)`` if the pack cannot be used.
    public static func open(_ options: EpicOptions = EpicOptions()) async throws -> Epic {
        try await abandoning { try Epic(Engine.open(options: options.native)) }
    }

    /// Does now what the first picture would wait for: builds buffers, and loads the networks of
    /// `parts`.
    ///
    /// - Throws: ``EpicError/weights(kind:message:)`` if the weights of a part are missing or damaged.
    public func warmUp(_ parts: MetadataParts = []) async throws {
        try await abandoning { [engine] in try engine.warmUp(parts: parts.native) }
    }

    /// Decodes and classifies one picture.
    ///
    /// - Throws: ``EpicError`` by stage.
    public func classify(_ source: ImageSource) async throws -> Verdict {
        try await abandoning { [engine] in
            Verdict(
                try source.use(
                    path: engine.classifyPath,
                    descriptor: engine.classifyFile,
                    data: engine.classifyBytes,
                    pixels: engine.classifyPixels
                )
            )
        }
    }

    /// Decodes one picture and extracts `parts` of its metadata.
    ///
    /// - Throws: ``EpicError`` by stage.
    public func extractMetadata(
        _ source: ImageSource, parts: MetadataParts = .all
    ) async throws -> ImageMetadata {
        let parts = parts.native
        return try await abandoning { [engine] in
            ImageMetadata(
                try source.use(
                    path: { try engine.extractMetadataPath(path: $0, parts: parts) },
                    descriptor: { try engine.extractMetadataFile(descriptor: $0, parts: parts) },
                    data: { try engine.extractMetadataBytes(bytes: $0, parts: parts) },
                    pixels: { try engine.extractMetadataPixels(data: $0, layout: $1, parts: parts) }
                )
            )
        }
    }

    /// Classifies one picture and extracts `parts` of its metadata, decoding once. Metadata needs
    /// more pixels than the network, so that scores can differ a little from ``classify(_:)``'s.
    ///
    /// - Throws: ``EpicError`` by stage.
    public func analyze(_ source: ImageSource, parts: MetadataParts = .all) async throws -> Analysis {
        let parts = parts.native
        return try await abandoning { [engine] in
            let analysis = try source.use(
                path: { try engine.analyzePath(path: $0, parts: parts) },
                descriptor: { try engine.analyzeFile(descriptor: $0, parts: parts) },
                data: { try engine.analyzeBytes(bytes: $0, parts: parts) },
                pixels: { try engine.analyzePixels(data: $0, layout: $1, parts: parts) }
            )
            return Analysis(
                verdict: Verdict(analysis.verdict),
                metadata: ImageMetadata(analysis.metadata)
            )
        }
    }

    /// Classifies many pictures. Iterating runs the scan; cancelling the task, or leaving the loop, ends
    /// it. A slow loop slows the scan down, and no result is dropped.
    ///
    /// A stream is one scan: iterate it once. An iteration that ends early cancels the options'
    /// ``ScanControl`` for good.
    ///
    /// - Throws: ``EpicError/invalidArgument(kind:message:)`` for platform items without an opener.
    public func scan(
        _ items: [ScanItem], options: ScanOptions = ScanOptions()
    ) -> AsyncThrowingStream<ScanEvent, any Error> {
        let run = ScanRun(engine: engine, items: items, options: options)
        return AsyncThrowingStream { try await run.next() }
    }
}
