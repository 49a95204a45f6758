//! The program as its users run it: alone, in scripts and services, and under editors and browsers where they are
//! installed.

#[path = "../common/mod.rs"]
mod common;

mod baseline;
mod caching;
mod ci_files;
mod cli;
mod config;
mod diff;
mod documents;
mod editors;
mod explain;
mod fixing;
mod formats;
mod locking;
mod neovim;
mod pages;
mod report;
mod setup;
#[cfg(unix)]
mod tutorial;
mod verifying;
