// swift-tools-version: 6.0
import PackageDescription

// The Rust library: an XCFramework on Apple's platforms (scripts/build-xcframework.sh), the library of this
// machine on Linux, where the tests run (tests/ios.sh).
#if os(Linux)
    let native: Target = .systemLibrary(name: "CEpic")
    let linked: [LinkerSetting] = [.unsafeFlags(["-L\(Context.packageDirectory)/lib"])]
#else
    let native: Target = .binaryTarget(name: "CEpic", path: "build/CEpic.xcframework")
    let linked: [LinkerSetting] = []
#endif

let package = Package(
    name: "Epic",
    defaultLocalization: "en",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [.library(name: "Epic", targets: ["EpicClassifier"])],
    targets: [
        native,
        // What uniffi generates; nobody has to look at it.
        .target(name: "EpicFFI", dependencies: ["CEpic"], linkerSettings: linked),
        .target(
            name: "EpicClassifier",
            dependencies: ["EpicFFI"],
            resources: [.copy("Resources/PrivacyInfo.xcprivacy")]
        ),
        .testTarget(name: "EpicClassifierTests", dependencies: ["EpicClassifier", "ScanChild"]),
        .executableTarget(name: "ScanChild", dependencies: ["EpicClassifier"], path: "Tests/ScanChild"),
    ],
    swiftLanguageModes: [.v6]
)
