//! The media types that the hub knows by name.

/// Text without markup, in any encoding.
pub const PLAIN: &str = "text/plain";
/// Values separated by commas.
pub const CSV: &str = "text/csv";
/// Markdown.
pub const MARKDOWN: &str = "text/markdown";
/// A page for a browser.
pub const HTML: &str = "text/html";
/// XML that nothing below explains.
pub const XML: &str = "text/xml";
/// A drawing that may run scripts.
pub const SVG: &str = "image/svg+xml";
/// Any text that some system runs when it is opened.
pub const SCRIPT: &str = "text/x-script";
/// PDF.
pub const PDF: &str = "application/pdf";
/// Rich Text Format.
pub const RTF: &str = "application/rtf";
/// A mail message.
pub const EML: &str = "message/rfc822";
/// GB/T 33190, the national format of fixed layout; the type is not registered.
pub const OFD: &str = "application/ofd";
/// A ZIP archive that nothing below explains.
pub const ZIP: &str = "application/zip";
/// A Java program.
pub const JAR: &str = "application/java-archive";
/// An Android program.
pub const APK: &str = "application/vnd.android.package-archive";
/// A book.
pub const EPUB: &str = "application/epub+zip";
/// Word 2007 and later, and WPS.
pub const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
/// Excel 2007 and later.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// `PowerPoint` 2007 and later.
pub const PPTX: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
/// Word with macros.
pub const DOCM: &str = "application/vnd.ms-word.document.macroenabled.12";
/// Excel with macros.
pub const XLSM: &str = "application/vnd.ms-excel.sheet.macroenabled.12";
/// Excel in binary parts.
pub const XLSB: &str = "application/vnd.ms-excel.sheet.binary.macroenabled.12";
/// `PowerPoint` with macros.
pub const PPTM: &str = "application/vnd.ms-powerpoint.presentation.macroenabled.12";
/// `OpenDocument` text.
pub const ODT: &str = "application/vnd.oasis.opendocument.text";
/// `OpenDocument` spreadsheet.
pub const ODS: &str = "application/vnd.oasis.opendocument.spreadsheet";
/// `OpenDocument` presentation.
pub const ODP: &str = "application/vnd.oasis.opendocument.presentation";
/// Word 97-2003, and what WPS writes as `.wps`.
pub const DOC: &str = "application/msword";
/// Excel 97-2003.
pub const XLS: &str = "application/vnd.ms-excel";
/// `PowerPoint` 97-2003.
pub const PPT: &str = "application/vnd.ms-powerpoint";
/// A mail message saved by Outlook.
pub const MSG: &str = "application/vnd.ms-outlook";
/// A Windows installer.
pub const MSI: &str = "application/x-msi";
/// An OLE container that none of the above explains.
pub const OLE: &str = "application/x-ole-storage";
/// Bytes that nothing recognises.
pub const UNKNOWN: &str = "application/octet-stream";
