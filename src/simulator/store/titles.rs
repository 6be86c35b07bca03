//! Titles: trimmed, at most 255 characters, one page per space and folded title.

use super::{Id, Refusal, SpaceIndex, Status, Store};

/// The longest title.
const LONGEST: usize = 255;

/// Titles that differ in case only are the same title.
pub(crate) fn fold(title: &str) -> String {
    title.to_lowercase()
}

impl Store {
    /// The title as it is kept.
    pub(super) fn clean_title(title: &str) -> Result<String, Refusal> {
        let title = title.trim();
        if title.is_empty() {
            return Err(Refusal::EmptyTitle);
        }
        if title.chars().count() > LONGEST {
            return Err(Refusal::LongTitle);
        }
        Ok(title.to_owned())
    }

    /// Pages of any status with this title in any case, oldest first.
    pub(crate) fn titled(&self, space: SpaceIndex, title: &str) -> &[Id] {
        self.titles.get(&(space, fold(title))).map_or(&[], Vec::as_slice)
    }

    /// Refuses a title that a page other than `except` holds or reserves.
    pub(super) fn free_title(
        &self,
        space: SpaceIndex,
        title: &str,
        except: Option<Id>,
    ) -> Result<(), Refusal> {
        let reserves = |id: &&Id| match self.content(**id).status {
            Status::Current | Status::Archived => true,
            Status::Trashed => self.rules.trashed_reserve_titles,
            Status::Draft => false,
        };
        let taken = self
            .titled(space, title)
            .iter()
            .filter(reserves)
            .any(|id| Some(*id) != except);
        if taken {
            let key = self.space(space).key.clone();
            return Err(Refusal::DuplicateTitle {
                title: title.to_owned(),
                key,
            });
        }
        Ok(())
    }

    pub(super) fn index_title(&mut self, space: SpaceIndex, title: &str, id: Id) {
        let ids = self.titles.entry((space, fold(title))).or_default();
        if let Err(index) = ids.binary_search(&id) {
            ids.insert(index, id);
        }
    }

    pub(super) fn forget_title(&mut self, space: SpaceIndex, title: &str, id: Id) {
        let key = (space, fold(title));
        if let Some(ids) = self.titles.get_mut(&key) {
            ids.retain(|known| *known != id);
            if ids.is_empty() {
                self.titles.remove(&key);
            }
        }
    }
}
