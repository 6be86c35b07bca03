//! What two sequences have in common, in order. Exact where that is cheap, good enough where it would not be.

/// The largest table of a comparison.
const MOST_CELLS: usize = 2_000_000;

/// Pairs of indices of equal elements, rising in both.
pub(super) fn common(left: &[u64], right: &[u64]) -> Vec<(usize, usize)> {
    // All of one side in one piece of the other: what came or went is what is before and after it.
    if let Some(at) = piece(left, right) {
        return (0..left.len()).map(|index| (index, at + index)).collect();
    }
    if let Some(at) = piece(right, left) {
        return (0..right.len()).map(|index| (at + index, index)).collect();
    }
    let mut pairs = Vec::new();
    common_into(left, right, 0, 0, &mut pairs, 0);
    pairs
}

/// Where all of one sequence stands in another.
fn piece(small: &[u64], large: &[u64]) -> Option<usize> {
    if small.is_empty() || small.len() > large.len() {
        return None;
    }
    if small.len().saturating_mul(large.len() - small.len() + 1) > MOST_CELLS {
        return None;
    }
    large.windows(small.len()).position(|window| window == small)
}

fn common_into(
    left: &[u64],
    right: &[u64],
    left_at: usize,
    right_at: usize,
    pairs: &mut Vec<(usize, usize)>,
    depth: usize,
) {
    let head = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    pairs.extend((0..head).map(|index| (left_at + index, right_at + index)));
    let (left, right) = (&left[head..], &right[head..]);
    let (left_at, right_at) = (left_at + head, right_at + head);
    let tail = left
        .iter()
        .rev()
        .zip(right.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let (inner_left, inner_right) = (&left[..left.len() - tail], &right[..right.len() - tail]);
    if !inner_left.is_empty() && !inner_right.is_empty() {
        if inner_left.len() * inner_right.len() <= MOST_CELLS {
            table(inner_left, inner_right, left_at, right_at, pairs);
        } else if depth < 8 {
            by_unique(inner_left, inner_right, left_at, right_at, pairs, depth);
        }
    }
    let (left_tail, right_tail) = (left_at + inner_left.len(), right_at + inner_right.len());
    pairs.extend((0..tail).map(|index| (left_tail + index, right_tail + index)));
}

/// The longest common subsequence.
fn table(left: &[u64], right: &[u64], left_at: usize, right_at: usize, pairs: &mut Vec<(usize, usize)>) {
    let width = right.len() + 1;
    let mut lengths = vec![0_u32; (left.len() + 1) * width];
    for i in (0..left.len()).rev() {
        for j in (0..right.len()).rev() {
            lengths[i * width + j] = if left[i] == right[j] {
                lengths[(i + 1) * width + j + 1] + 1
            } else {
                lengths[(i + 1) * width + j].max(lengths[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < left.len() && j < right.len() {
        if left[i] == right[j] {
            pairs.push((left_at + i, right_at + j));
            i += 1;
            j += 1;
        } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
}

/// Elements that are there once on both sides hold the rest apart.
fn by_unique(
    left: &[u64],
    right: &[u64],
    left_at: usize,
    right_at: usize,
    pairs: &mut Vec<(usize, usize)>,
    depth: usize,
) {
    let once = |side: &[u64]| {
        let mut seen: std::collections::HashMap<u64, Option<usize>> = std::collections::HashMap::new();
        for (index, element) in side.iter().enumerate() {
            seen.entry(*element)
                .and_modify(|at| *at = None)
                .or_insert(Some(index));
        }
        seen
    };
    let (in_left, in_right) = (once(left), once(right));
    let mut both: Vec<(usize, usize)> = in_left
        .iter()
        .filter_map(|(element, at)| Some(((*at)?, (*in_right.get(element)?)?)))
        .collect();
    both.sort_unstable();
    let mut at = (0, 0);
    for (i, j) in rising(&both).into_iter().chain([(left.len(), right.len())]) {
        if i > at.0 || j > at.1 {
            common_into(
                &left[at.0..i],
                &right[at.1..j],
                left_at + at.0,
                right_at + at.1,
                pairs,
                depth + 1,
            );
        }
        if i < left.len() {
            pairs.push((left_at + i, right_at + j));
        }
        at = (i + 1, j + 1);
    }
}

/// The longest run of pairs that rises in both.
fn rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut tops: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; pairs.len()];
    for (index, (_, right)) in pairs.iter().enumerate() {
        let length = tops.partition_point(|top| pairs[*top].1 < *right);
        before[index] = length.checked_sub(1).map(|below| tops[below]);
        if length == tops.len() {
            tops.push(index);
        } else {
            tops[length] = index;
        }
    }
    let mut run = Vec::new();
    let mut at = tops.last().copied();
    while let Some(index) = at {
        run.push(pairs[index]);
        at = before[index];
    }
    run.reverse();
    run
}

#[cfg(test)]
mod tests {
    use super::{by_unique, common};

    #[test]
    fn what_is_common_rises_in_both() {
        assert_eq!(
            common(&[1, 2, 3, 4, 5], &[1, 3, 9, 4, 5]),
            [(0, 0), (2, 1), (3, 3), (4, 4)]
        );
        assert_eq!(common(&[], &[1]), []);
        // All of one stands in the other in one piece, which is kept together.
        assert_eq!(common(&[1, 1, 2], &[1, 2]), [(1, 0), (2, 1)]);
    }

    #[test]
    fn unique_elements_hold_the_rest_apart() {
        let mut pairs = Vec::new();
        by_unique(&[7, 1, 7, 2, 7], &[7, 2, 7, 1, 7, 3], 0, 0, &mut pairs, 0);
        assert!(
            pairs
                .windows(2)
                .all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1),
            "{pairs:?}"
        );
        assert!(pairs.len() >= 3, "{pairs:?}");
    }
}
