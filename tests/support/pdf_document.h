// Small PDF files for tests, object by object.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sceau::test {

class PdfBuilder {
 public:
  explicit PdfBuilder(std::string_view version = "1.7");

  // The number of the object, from 1; `content` is what stands between "obj" and "endobj".
  int Add(std::string_view content);
  int AddStream(std::string_view dictionary, std::string_view data);
  // For an object that is referred to before it is made.
  int Reserve();
  void Set(int number, std::string_view content);
  // With the catalogue `root` and more entries of the trailer.
  std::string Finish(int root, std::string_view trailer = "");

 private:
  std::string bytes_;
  std::vector<size_t> starts_;
};

// A file of these pages' content streams, with a font /F1 and a picture /Im1 in the resources.
std::string PdfOfPages(const std::vector<std::string>& contents, std::string_view trailer = "");

inline constexpr std::string_view kTextPage = "BT /F1 12 Tf 72 700 Td (Facture) Tj ET";
inline constexpr std::string_view kPicturePage = "q 500 0 0 700 0 0 cm /Im1 Do Q";

// zlib's form, as FlateDecode has it.
std::string Deflate(std::string_view data);
// One gzip member, as an attachment of a PES has it.
std::string Gzip(std::string_view data);

// `mebibytes` of blanks, compressed as above: bombs, made quickly.
std::string DeflatedBlanks(size_t mebibytes);
std::string GzippedBlanks(std::string_view before, size_t mebibytes);

struct ZipEntry {
  std::string name, data;
};
// A ZIP archive (libarchive); names are written as they are.
std::string ZipOf(const std::vector<ZipEntry>& entries);

}  // namespace sceau::test
