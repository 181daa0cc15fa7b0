// The native library for each ABI (cargo-ndk) and the Kotlin that uniffi generates for it.
plugins {
    alias(libs.plugins.android.library)
    alias(libs.plugins.kotlin.android)
}

val workspace: File = rootDir.resolve("..")
val nativeLibraries = layout.buildDirectory.dir("jniLibs")
val generated = layout.buildDirectory.dir("generated/uniffi")
val abis = listOf("arm64-v8a", "armeabi-v7a", "x86_64")

android {
    namespace = "org.epicclassifier.internal.ffi"
    compileSdk = 36

    defaultConfig {
        minSdk = 24
        ndk { abiFilters += abis }
    }

    sourceSets.named("main") {
        jniLibs.srcDir(nativeLibraries)
        kotlin.srcDir(generated)
    }
}

kotlin { jvmToolchain(17) }

dependencies {
    implementation(libs.coroutines)
    implementation(variantOf(libs.jna) { artifactType("aar") })
}

// -z max-page-size: devices with pages of 16 KB load no library that is aligned to less.
val cargoNdk by tasks.registering(Exec::class) {
    workingDir = workspace
    environment("RUSTFLAGS", "-C link-arg=-Wl,-z,max-page-size=16384")
    commandLine(
        listOf("cargo", "ndk", "--platform", "24") +
            abis.flatMap { listOf("--target", it) } +
            listOf("--output-dir", nativeLibraries.get().asFile.path) +
            listOf("build", "--profile", "mobile", "--package", "epic-ffi"),
    )
}

val uniffiBindgen by tasks.registering(Exec::class) {
    workingDir = workspace
    // From a library that is not stripped: there lies what the generator reads.
    commandLine("bash", "bindings/generate.sh", "kotlin", generated.get().asFile.path)
    outputs.dir(generated)
}

tasks.named("preBuild") { dependsOn(cargoNdk, uniffiBindgen) }
