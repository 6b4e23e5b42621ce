#include "tests/support/pdf_document.h"

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

#include <stdexcept>

#include "absl/strings/str_format.h"
#include "base/c_handle.h"
#include "base/strings.h"

namespace sceau::test {
namespace {

std::string Compressed(std::string_view data, int window) {
  z_stream stream{};
  if (deflateInit2(&stream, 9, Z_DEFLATED, window, 9, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("deflateInit2");
  }
  std::string out(deflateBound(&stream, data.size()), '\0');
  stream.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<unsigned char*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// One mebibyte of blanks as raw deflate blocks that stand by themselves, so they can be repeated.
std::string BlankBlocks() {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY);
  std::string blanks(1 << 20, ' '), out(1 << 16, '\0');
  stream.next_in = reinterpret_cast<unsigned char*>(blanks.data());
  stream.avail_in = static_cast<uInt>(blanks.size());
  stream.next_out = reinterpret_cast<unsigned char*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FULL_FLUSH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

constexpr std::string_view kLastBlock("\x03\x00", 2);

std::string BigEndian(uLong number) {
  std::string out;
  for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(number >> shift & 255);
  return out;
}

}  // namespace

std::string DeflatedBlanks(size_t mebibytes) {
  const std::string blocks = BlankBlocks(), blanks(1 << 20, ' ');
  const uLong one =
      adler32(1, reinterpret_cast<const Bytef*>(blanks.data()), static_cast<uInt>(blanks.size()));
  std::string out = "\x78\x9C";
  uLong sum = 1;
  for (size_t i = 0; i < mebibytes; ++i) {
    out += blocks;
    sum = adler32_combine(sum, one, 1 << 20);
  }
  return Concat(out, kLastBlock, BigEndian(sum));
}

std::string GzippedBlanks(std::string_view before, size_t mebibytes) {
  // A gzip member may be put together of blocks made apart: what is before is stored.
  const std::string blocks = BlankBlocks(), blanks(1 << 20, ' ');
  const uLong one =
      crc32(0, reinterpret_cast<const Bytef*>(blanks.data()), static_cast<uInt>(blanks.size()));
  uLong sum =
      crc32(0, reinterpret_cast<const Bytef*>(before.data()), static_cast<uInt>(before.size()));
  std::string out("\x1F\x8B\x08\0\0\0\0\0\0\x03\0", 11);
  const auto little = [](uLong number, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += static_cast<char>(number >> (8 * i) & 255);
    return text;
  };
  AppendTo(out, little(before.size(), 2), little(~before.size() & 0xFFFF, 2), before);
  for (size_t i = 0; i < mebibytes; ++i) {
    out += blocks;
    sum = crc32_combine(sum, one, 1 << 20);
  }
  AppendTo(out, kLastBlock, little(sum, 4), little(before.size() + (mebibytes << 20), 4));
  return out;
}

std::string Deflate(std::string_view data) { return Compressed(data, 15); }
std::string Gzip(std::string_view data) { return Compressed(data, 15 + 16); }

PdfBuilder::PdfBuilder(std::string_view version)
    : bytes_(Concat("%PDF-", version, "\n%\xE2\xE3\xCF\xD3\n")) {}

int PdfBuilder::Reserve() {
  starts_.push_back(0);
  return static_cast<int>(starts_.size());
}

void PdfBuilder::Set(int number, std::string_view content) {
  starts_.at(static_cast<size_t>(number) - 1) = bytes_.size();
  AppendTo(bytes_, number, " 0 obj\n", content, "\nendobj\n");
}

int PdfBuilder::Add(std::string_view content) {
  const int number = Reserve();
  Set(number, content);
  return number;
}

int PdfBuilder::AddStream(std::string_view dictionary, std::string_view data) {
  return Add(
      Concat("<< ", dictionary, " /Length ", data.size(), " >>\nstream\n", data, "\nendstream"));
}

std::string PdfBuilder::Finish(int root, std::string_view trailer) {
  const size_t xref = bytes_.size();
  AppendTo(bytes_, "xref\n0 ", starts_.size() + 1, "\n0000000000 65535 f \n");
  for (const size_t start : starts_) bytes_ += absl::StrFormat("%010d 00000 n \n", start);
  AppendTo(bytes_, "trailer\n<< /Size ", starts_.size() + 1, " /Root ", root, " 0 R ", trailer,
           " >>\nstartxref\n", xref, "\n%%EOF\n");
  return bytes_;
}

std::string PdfOfPages(const std::vector<std::string>& contents, std::string_view trailer) {
  PdfBuilder pdf;
  const int root = pdf.Reserve(), pages = pdf.Reserve();
  const int font = pdf.Add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
  const int picture = pdf.AddStream(
      "/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray "
      "/BitsPerComponent 8",
      "\x7F");
  std::string kids;
  for (const std::string& it : contents) {
    const int content = pdf.AddStream("", it);
    const int page = pdf.Add(Concat("<< /Type /Page /Parent ", pages, " 0 R /Contents ", content,
                                    " 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 ",
                                    font, " 0 R >> /XObject << /Im1 ", picture, " 0 R >> >> >>"));
    AppendTo(kids, page, " 0 R ");
  }
  pdf.Set(pages, Concat("<< /Type /Pages /Count ", contents.size(), " /Kids [", kids, "] >>"));
  pdf.Set(root, Concat("<< /Type /Catalog /Pages ", pages, " 0 R >>"));
  return pdf.Finish(root, trailer);
}

std::string ZipOf(const std::vector<ZipEntry>& entries) {
  size_t most = 64 * 1024;
  for (const ZipEntry& it : entries) most += it.data.size() + 2 * it.name.size() + 512;
  std::string out(most, '\0');
  size_t used = 0;
  const CHandle<archive, archive_write_free> zip(archive_write_new());
  archive_write_set_format_zip(zip.get());
  archive_write_set_options(zip.get(), "zip:compression-level=1");
  archive_write_open_memory(zip.get(), out.data(), out.size(), &used);
  for (const ZipEntry& it : entries) {
    const CHandle<archive_entry, archive_entry_free> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), it.name.c_str());
    archive_entry_set_size(entry.get(), static_cast<int64_t>(it.data.size()));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_write_header(zip.get(), entry.get());
    archive_write_data(zip.get(), it.data.data(), it.data.size());
  }
  archive_write_close(zip.get());
  out.resize(used);
  return out;
}

}  // namespace sceau::test
