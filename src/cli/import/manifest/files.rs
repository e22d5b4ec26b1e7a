//! The files that a row names, which lie beside the manifest.

use std::path::{Component, Path, PathBuf};

use super::{
    Problem,
    check::{ATTACHED, BODY, Cells},
};

/// The files of a row, the main text first; tells which are wrong.
pub(super) fn read_files(
    cells: &Cells<'_>,
    folder: &Path,
    problems: &mut Vec<Problem>,
) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = Vec::new();
    let body = cells.of(BODY);
    if body.is_empty() {
        problems.push(cells.bad(
            BODY,
            "没有填写",
            "填写正文文件的路径，从清单所在的文件夹算起",
        ));
    }
    // A name may hold what separates names, so that the whole cell is tried first.
    let attached = cells.of(ATTACHED);
    let attached: Vec<&str> = if attached.is_empty() {
        Vec::new()
    } else if folder.join(attached).is_file() {
        vec![attached]
    } else {
        attached
            .split(['\n', ';', '；', '|'])
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .collect()
    };
    let body = (!body.is_empty()).then_some((BODY, body));
    for (column, name) in body
        .into_iter()
        .chain(attached.into_iter().map(|name| (ATTACHED, name)))
    {
        match file(folder, name) {
            Err((what, advice)) => problems.push(cells.bad(column, what, advice)),
            Ok(path) if files.contains(&path) => {
                let what = format!("“{name}”列了两次");
                problems.push(cells.bad(column, what, "同一文件只列一次"));
            }
            Ok(path) => files.push(path),
        }
    }
    files
}

fn file(folder: &Path, name: &str) -> Result<PathBuf, (String, &'static str)> {
    let path = PathBuf::from(name.replace('\\', "/"));
    let is_plain = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    if !path.components().all(is_plain) {
        let advice = "把文件放在清单所在的文件夹里，用相对路径";
        return Err((format!("“{name}”不在清单的文件夹里"), advice));
    }
    let path = folder.join(path);
    match path.metadata() {
        Err(_) => Err((
            format!("没有文件“{name}”"),
            "核对文件名和扩展名，大小写须一致",
        )),
        Ok(found) if !found.is_file() => Err((format!("“{name}”不是文件"), "填写文件的路径")),
        Ok(found) if found.len() == 0 => Err((format!("文件“{name}”是空的"), "换成完整的文件")),
        Ok(_) => Ok(path),
    }
}
