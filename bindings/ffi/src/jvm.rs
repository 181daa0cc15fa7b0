//! JNI: pixels of the JVM and of `android.graphics.Bitmap` without copying them. The Kotlin
//! side is `org.epicclassifier.internal.NativePixels`.
#![allow(unsafe_code, reason = "JNI is C")]

use jni::EnvUnowned;
use jni::errors::ThrowRuntimeExAndDefault;
use jni::objects::{JByteBuffer, JClass};
use jni::sys::jlong;

use crate::locked;

/// `static native long lockBuffer(ByteBuffer buffer)`: the whole of a direct buffer, which has to
/// stay reachable until it is unlocked.
#[unsafe(no_mangle)]
extern "system" fn Java_org_epicclassifier_internal_NativePixels_lockBuffer<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    buffer: JByteBuffer<'local>,
) -> jlong {
    let outcome = env.with_env(|env| -> jni::errors::Result<_> {
        let address = env.get_direct_buffer_address(&buffer)?;
        let length = env.get_direct_buffer_capacity(&buffer)?;
        // SAFETY: direct buffers do not move, and the caller keeps this one.
        Ok(unsafe { locked::lock(address, length) } as jlong)
    });
    outcome.resolve::<ThrowRuntimeExAndDefault>()
}

/// `static native void unlockBuffer(long ticket)`
#[unsafe(no_mangle)]
extern "system" fn Java_org_epicclassifier_internal_NativePixels_unlockBuffer<'local>(
    _env: EnvUnowned<'local>,
    _class: JClass<'local>,
    ticket: jlong,
) {
    locked::unlock(ticket as u64);
}

#[cfg(target_os = "android")]
mod bitmap {
    use std::ffi::{c_int, c_void};
    use std::ptr;

    use jni::objects::JObject;
    use jni::sys::{JNIEnv, jobject};

    use super::*;

    /// `AndroidBitmapInfo` of `android/bitmap.h`.
    #[repr(C)]
    #[derive(Default)]
    struct Info {
        width: u32,
        height: u32,
        stride: u32,
        format: i32,
        flags: u32,
    }

    const RGBA_8888: i32 = 1;

    #[link(name = "jnigraphics")]
    unsafe extern "C" {
        fn AndroidBitmap_getInfo(env: *mut JNIEnv, bitmap: jobject, info: *mut Info) -> c_int;
        fn AndroidBitmap_lockPixels(
            env: *mut JNIEnv,
            bitmap: jobject,
            address: *mut *mut c_void,
        ) -> c_int;
        fn AndroidBitmap_unlockPixels(env: *mut JNIEnv, bitmap: jobject) -> c_int;
    }

    /// `static native long lockBitmap(Bitmap bitmap)`: 0 if it is not in the format `ARGB_8888` or
    /// cannot be locked (a hardware bitmap).
    #[unsafe(no_mangle)]
    extern "system" fn Java_org_epicclassifier_internal_NativePixels_lockBitmap<'local>(
        mut env: EnvUnowned<'local>,
        _class: JClass<'local>,
        bitmap: JObject<'local>,
    ) -> jlong {
        let outcome = env.with_env(|env| -> jni::errors::Result<_> {
            let (env, bitmap) = (env.get_raw(), bitmap.as_raw());
            let mut info = Info::default();
            let mut address = ptr::null_mut();
            // SAFETY: env and bitmap are this call's own, and the out-pointers are valid.
            let locked = unsafe {
                AndroidBitmap_getInfo(env, bitmap, &raw mut info) == 0
                    && info.format == RGBA_8888
                    && AndroidBitmap_lockPixels(env, bitmap, &raw mut address) == 0
            };
            if !locked {
                return Ok(0);
            }
            let length = info.stride as usize * info.height as usize;
            // SAFETY: locked pixels stay in place until `unlockBitmap`.
            Ok(unsafe { locked::lock(address.cast(), length) } as jlong)
        });
        outcome.resolve::<ThrowRuntimeExAndDefault>()
    }

    /// `static native void unlockBitmap(Bitmap bitmap, long ticket)`
    #[unsafe(no_mangle)]
    extern "system" fn Java_org_epicclassifier_internal_NativePixels_unlockBitmap<'local>(
        mut env: EnvUnowned<'local>,
        _class: JClass<'local>,
        bitmap: JObject<'local>,
        ticket: jlong,
    ) {
        let outcome = env.with_env(|env| -> jni::errors::Result<_> {
            if locked::unlock(ticket as u64) {
                // SAFETY: `lockBitmap` locked it; env and bitmap are this call's own.
                unsafe { AndroidBitmap_unlockPixels(env.get_raw(), bitmap.as_raw()) };
            }
            Ok(())
        });
        outcome.resolve::<ThrowRuntimeExAndDefault>();
    }
}
