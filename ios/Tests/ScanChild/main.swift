// What a test kills: a scan of a folder with a store, which says how far it is.
//
//   ScanChild FOLDER STORE
import EpicClassifier
import Foundation

let folder = URL(fileURLWithPath: CommandLine.arguments[1])
let items = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    .map { ScanItem.file(folder.appendingPathComponent($0)) }
let store = try Store.open(URL(fileURLWithPath: CommandLine.arguments[2]))
let epic = try await Epic.open()
var fromStore = 0
for try await event in epic.scan(items, options: ScanOptions(store: store, interval: 0.02)) {
    if case .progress(let results, let done, _) = event {
        for result in results {
            if case .classified(_, _, isFromStore: true) = result.outcome { fromStore += 1 }
        }
        FileHandle.standardOutput.write(Data("\(done) \(fromStore)\n".utf8))
    }
}
