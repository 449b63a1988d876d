//! A maximum matching: pairs each element of one side with one of the other, where several fit.

/// The elements of `left` without a partner in a largest set of pairs. If a matching covers all of the left, and
/// another covers a part of the right, then one matching covers both (Mendelsohn and Dulmage, 1958).
pub(super) fn unmatched<'a, L, R>(left: &[&'a L], right: &[&R], fits: impl Fn(&L, &R) -> bool) -> Vec<&'a L> {
    let edges: Vec<Vec<usize>> =
        left.iter().map(|one| (0..right.len()).filter(|other| fits(one, right[*other])).collect()).collect();
    let mut partner_of = vec![None; right.len()];
    let alone = |one: &usize| !finds_partner(*one, &edges, &mut partner_of, &mut vec![false; right.len()]);
    (0..left.len()).filter(alone).map(|one| left[one]).collect()
}

/// Kuhn's algorithm: if a partner is taken, its rival tries to find another one.
fn finds_partner(one: usize, edges: &[Vec<usize>], partner_of: &mut [Option<usize>], asked: &mut [bool]) -> bool {
    for &other in &edges[one] {
        if !std::mem::replace(&mut asked[other], true)
            && partner_of[other].is_none_or(|rival| finds_partner(rival, edges, partner_of, asked))
        {
            partner_of[other] = Some(one);
            return true;
        }
    }
    false
}

#[test]
fn as_many_as_possible_are_paired() {
    let fits = |one: &i32, other: &i32| (one - other).abs() <= 1;
    assert!(unmatched(&[&1, &2, &3], &[&3, &2, &2], fits).is_empty());
    assert_eq!(unmatched(&[&1, &2, &9], &[&2, &2], fits), [&9]);
    assert_eq!(unmatched(&[&5, &5], &[&5], fits), [&5]);
}
