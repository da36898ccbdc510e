//! Keys to rows: open addressing, at most half full.

/// The rows of a model's keys.
#[derive(Debug, Clone)]
pub(super) struct Table {
    slots: Vec<(u32, u32)>,
    shift: u32,
}

const FREE: u32 = u32::MAX;

impl Table {
    pub fn new(keys: &[u32]) -> Table {
        let size = (keys.len() * 2).next_power_of_two().max(16);
        let shift = 32 - size.trailing_zeros();
        let mut table = Table {
            slots: vec![(0, FREE); size],
            shift,
        };
        for (row, &key) in keys.iter().enumerate() {
            let mut slot = table.slot(key);
            while table.slots[slot].1 != FREE {
                slot = (slot + 1) % size;
            }
            table.slots[slot] = (key, row as u32);
        }
        table
    }

    fn slot(&self, key: u32) -> usize {
        (key.wrapping_mul(0x9E37_79B1) >> self.shift) as usize
    }

    /// The row of a key, if the model knows it.
    pub fn find(&self, key: u32) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut slot = self.slot(key);
        loop {
            let (known, row) = self.slots[slot & mask];
            if row == FREE {
                return None;
            }
            if known == key {
                return Some(row);
            }
            slot += 1;
        }
    }
}
