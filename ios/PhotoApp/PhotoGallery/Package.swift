// swift-tools-version: 6.0
import PackageDescription

// The photo app's logic, free of any user interface, so that it is tested without a phone. The app is
// ../PhotoApp.xcodeproj, which adds the screens of ../App.
let package = Package(
    name: "PhotoGallery",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [.library(name: "PhotoGallery", targets: ["PhotoGallery"])],
    dependencies: [.package(name: "Epic", path: "../..")],
    targets: [
        .target(name: "PhotoGallery", dependencies: [.product(name: "Epic", package: "Epic")]),
        .testTarget(name: "PhotoGalleryTests", dependencies: ["PhotoGallery"]),
    ],
    swiftLanguageModes: [.v6]
)
