//! Work that all cores share.

use std::thread;

/// Calls `read` with parts of a batch, one for each core but none of fewer than `least` items, and
/// puts what they give together in the batch's order.
pub fn spread<T: Sync, R: Send>(
    batch: &[T],
    least: usize,
    read: impl Fn(&[T]) -> Vec<R> + Sync,
) -> Vec<R> {
    let threads = count().min(batch.len().div_ceil(least)).max(1);
    if threads == 1 {
        return read(batch);
    }
    let parts = batch.chunks(batch.len().div_ceil(threads));
    let read = &read;
    gather(parts.map(|part| move || read(part)))
}

/// Calls `work` once on each core, on at most `most`, and puts what they give together.
pub(super) fn each<R: Send>(most: usize, work: impl Fn() -> Vec<R> + Sync) -> Vec<R> {
    gather((0..count().min(most)).map(|_| &work))
}

fn count() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// A thread for each task; a panic in one of them is one here.
fn gather<R: Send>(tasks: impl Iterator<Item = impl FnOnce() -> Vec<R> + Send>) -> Vec<R> {
    thread::scope(|scope| {
        let hands: Vec<_> = tasks.map(|task| scope.spawn(task)).collect();
        let join = |hand: thread::ScopedJoinHandle<'_, Vec<R>>| match hand.join() {
            Ok(part) => part,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        hands.into_iter().flat_map(join).collect()
    })
}
