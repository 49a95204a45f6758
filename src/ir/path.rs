//! Dotted paths as text.

use super::Node;

/// True where the path's last step was made up from the kind: `conv2d_1`.
pub fn is_automatic(node: &Node) -> bool {
    let step = node.path.rsplit('.').next().unwrap_or("");
    let Some((base, _)) =
        step.rsplit_once('_').filter(|(_, number)| number.bytes().all(|b| b.is_ascii_digit()))
    else {
        return false;
    };
    base.chars().filter(|c| *c != '_').eq(node.kind().to_lowercase().chars())
}
