import Foundation
internal import EpicFFI

/// One scan as a stream pulls it: begun by the first call, held back by a slow consumer, ended with
/// its last reference.
final class ScanRun: Sendable {
    private let engine: Engine
    private let items: [ScanItem]
    private let options: ScanOptions
    private let channel = EventChannel(capacity: 16)

    init(engine: Engine, items: [ScanItem], options: ScanOptions) {
        self.engine = engine
        self.items = items
        self.options = options
    }

    deinit {
        // The loop was left. After the scan's own end this does nothing.
        if channel.close() { options.control.cancel() }
    }

    func next() async throws -> ScanEvent? {
        if channel.begin() { start() }
        return try await withTaskCancellationHandler {
            try await channel.next()
        } onCancel: {
            if channel.close() { options.control.cancel() }
        }
    }

    private func start() {
        let (engine, items, options, channel) = (engine, items, options, channel)
        // A thread, since a scan lasts: it would keep a queue's worker from the app.
        let thread = Thread {
            channel.end(with: Result {
                try guarded {
                    let summary = try engine.scan(
                        items: items.map { try $0.native },
                        options: try options.native,
                        opener: options.opener.map(OpenerRelay.init),
                        listener: ListenerRelay(items: items, channel: channel),
                        control: options.control.native
                    )
                    return .finished(ScanSummary(summary))
                }
            })
        }
        thread.name = "org.epicclassifier.scan"
        thread.qualityOfService = .userInitiated
        thread.start()
    }
}

private final class ListenerRelay: EpicFFI.ScanListener {
    private let items: [ScanItem]
    private let channel: EventChannel

    init(items: [ScanItem], channel: EventChannel) {
        self.items = items
        self.channel = channel
    }

    func onResults(results: [EpicFFI.ScanResult], progress: EpicFFI.ScanProgress) throws {
        let shaped = results.map { result in
            ScanResult(
                index: Int(result.index),
                item: items[Int(result.index)],
                outcome: ScanOutcome(result.outcome)
            )
        }
        channel.send(
            .progress(results: shaped, done: Int(progress.done), total: Int(progress.total))
        )
    }
}

private final class OpenerRelay: EpicFFI.ItemOpener {
    private let opener: any ItemOpener

    init(_ opener: any ItemOpener) { self.opener = opener }

    func openItem(key: String) throws -> EpicFFI.OpenedItem {
        switch try opener.open(key) {
        case .file(let url): .path(path: url.path)
        case .fileDescriptor(let number): .file(descriptor: number)
        case .data(let data): .bytes(bytes: data)
        case .pixels(let data, let layout): .pixels(data: data, layout: try layout.native)
        }
    }
}
