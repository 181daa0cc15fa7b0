//! Convolution and batch normalization for the CPU backend, faster than burn-flex's own.
//!
//! burn-flex computes a convolution's weight gradient as a convolution with a kernel as large as
//! the picture, and its batch normalization as about fifteen passes over the activations. Here
//! activations lie channel first, `[channels, batch, height, width]`: a convolution and both of
//! its gradients are then plain matrix products over column tiles, and a channel's statistics
//! are sums over contiguous memory.
//!
//! Results do not depend on the number of threads.

mod conv;
mod matrix;
mod norm;
mod ops;

pub(super) use ops::{available, batch_norm_relu, conv2d, conv2d_bias_relu};
