//! The `epic` program from outside: arguments in, standard output, standard error and
//! exit code out. Nothing here depends on what the shipped network says of a picture.

mod backbone;
mod dataset;
mod evaluate;
mod hostile;
mod html;
mod metadata;
mod outliers;
mod packs;
mod pictures;
mod process;
mod review;
mod scan;
mod support;
mod synthesize;
mod train;
