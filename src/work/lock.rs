//! Which process works on a data folder: the loops of two would do everything twice and fight for
//! the index. An advisory lock on a file: it goes with its process, however that ends. The file
//! holds the folder's name as a worker, by which the next process knows what the last one left.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// The right to work on a data folder; dropped, it is free again.
#[derive(Debug)]
pub struct WorkLock(File);

/// Another process works there.
#[derive(Debug, thiserror::Error)]
#[error("another process works on {}; stop it, or give this one another data_dir", .0.display())]
pub struct Busy(PathBuf);

impl WorkLock {
    /// Takes the lock of `data_dir`.
    ///
    /// # Errors
    /// [`Busy`] while another process has it; a sentence when the folder cannot be written.
    pub fn take(data_dir: &Path) -> Result<WorkLock> {
        let path = data_dir.join("work.lock");
        let cannot = || format!("cannot lock {}", path.display());
        std::fs::create_dir_all(data_dir).with_context(cannot)?;
        let mut open = OpenOptions::new();
        let file = open
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path);
        let file = file.with_context(cannot)?;
        match file.try_lock() {
            Ok(()) => Ok(WorkLock(file)),
            Err(TryLockError::WouldBlock) => Err(Busy(data_dir.to_owned()).into()),
            Err(TryLockError::Error(error)) => Err(error).with_context(cannot),
        }
    }

    /// The name of whoever works on this folder: the same after each start. `fresh` names it once.
    ///
    /// # Errors
    /// When the lock's file cannot be read or written.
    pub fn worker(&self, fresh: impl FnOnce() -> String) -> Result<String> {
        let mut file = &self.0;
        let mut name = String::new();
        file.rewind()?;
        file.read_to_string(&mut name)
            .context("cannot read work.lock")?;
        if name.trim().is_empty() {
            name = fresh();
            file.write_all(name.as_bytes())
                .context("cannot write work.lock")?;
        }
        Ok(name.trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_works_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = WorkLock::take(folder.path()).unwrap();
        let second = WorkLock::take(folder.path()).unwrap_err();
        assert!(second.is::<Busy>(), "{second}");
        drop(first);
        assert!(WorkLock::take(folder.path()).is_ok());
    }

    #[test]
    fn a_folder_keeps_its_worker_s_name() {
        let folder = tempfile::tempdir().unwrap();
        for fresh in ["first", "second"] {
            let lock = WorkLock::take(folder.path()).unwrap();
            assert_eq!(lock.worker(|| fresh.into()).unwrap(), "first");
        }
    }
}
