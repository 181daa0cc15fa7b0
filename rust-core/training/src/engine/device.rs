//! Where a network is computed: chosen at run time among what this build supports.

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use super::error::EngineError;

/// A kind of device. [`Cpu`](Self::Cpu) is always there; the others need the cargo feature of
/// their name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    /// All cores of this machine.
    #[default]
    Cpu,
    /// An NVIDIA GPU.
    Cuda,
    /// An Apple GPU.
    Metal,
    /// Any GPU with a Vulkan driver.
    Vulkan,
}

impl DeviceKind {
    /// Name as written in settings and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
            Self::Metal => "metal",
            Self::Vulkan => "vulkan",
        }
    }

    /// The first device of this kind.
    ///
    /// # Errors
    /// [`EngineError::DeviceUnavailable`] when the build lacks it.
    pub fn device(self) -> Result<Device, EngineError> {
        match self {
            Self::Cpu => Ok(Device::flex()),
            #[cfg(feature = "cuda")]
            Self::Cuda => Ok(Device::cuda(0)),
            #[cfg(feature = "metal")]
            Self::Metal => Ok(Device::metal(burn::tensor::DeviceKind::DefaultDevice)),
            #[cfg(feature = "vulkan")]
            Self::Vulkan => Ok(Device::vulkan(burn::tensor::DeviceKind::DefaultDevice)),
            #[allow(unreachable_patterns, reason = "which kinds are left depends on the features")]
            other => Err(EngineError::DeviceUnavailable { name: other.name() }),
        }
    }
}

impl std::str::FromStr for DeviceKind {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        [Self::Cpu, Self::Cuda, Self::Metal, Self::Vulkan]
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| format!("unknown device {name:?}, expected cpu, cuda, metal or vulkan"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_parse_back() {
        for kind in [DeviceKind::Cpu, DeviceKind::Cuda, DeviceKind::Metal, DeviceKind::Vulkan] {
            assert_eq!(kind.name().parse(), Ok(kind));
        }
        assert!("gpu".parse::<DeviceKind>().is_err());
    }

    #[cfg(not(feature = "cuda"))]
    #[test]
    fn a_device_that_was_not_built_in_is_refused() {
        let error = DeviceKind::Cuda.device().unwrap_err();
        assert!(matches!(error, EngineError::DeviceUnavailable { name: "cuda" }));
    }
}
