// What was found in a PDF or a ZIP archive, and the message in which the confined program says it.
//
// Nothing of it is trusted: the program has read bytes that anyone may have made.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sceau::contents {

enum class Outcome {
  kRead,
  kLocked,      // a PDF that needs a password
  kUnreadable,  // not what it begins like, or damaged beyond repair
  kTooLarge,    // a limit on memory, pages, members or decompressed bytes was reached
  kFailed,      // the program that reads crashed, was stopped by its deadline, or answered nonsense
};

// A signature dictionary (ISO 32000-1 §12.8.1). Texts are UTF-8.
struct PdfSignature {
  std::vector<int64_t> byte_range;  // as written
  int64_t contents_offset = 0;      // in the file, of Contents; 0: not in the file itself
  std::string contents_sha256;      // of the bytes of Contents, padding included; hexadecimal
  std::string type;                 // "Sig", "DocTimeStamp", or empty
  std::string sub_filter;           // "ETSI.CAdES.detached", ...
  std::string field;                // full name of the form field that holds it; empty: none does
  std::string name, date, reason, location;  // Name, M, Reason, Location
};

struct PdfFacts {
  std::string version;  // "1.7"
  int64_t pages = 0;
  // Pages that paint something and show no text: their number, and the first of them, from 1.
  int64_t image_only_pages = 0;
  std::vector<int64_t> image_only;
  bool repaired = false;   // its structure is damaged; it could be read all the same
  bool encrypted = false;  // opens without a password, restricts what may be done with it
  std::vector<PdfSignature> signatures;
};

struct ZipMember {
  std::string name;  // UTF-8; as the archive has it, '/' between folders
  int64_t size = 0;  // decompressed, counted and not as declared
  bool encrypted = false;
};

struct ZipFacts {
  int64_t total = 0;  // bytes, all members decompressed
  std::vector<ZipMember> members;
};

struct Facts {
  Outcome outcome = Outcome::kFailed;
  std::optional<PdfFacts> pdf;
  std::optional<ZipFacts> zip;
};

// Of the lists above, what is said at most.
inline constexpr size_t kMaxImageOnlyListed = 20;
inline constexpr size_t kMaxSignatures = 100;
inline constexpr size_t kMaxMembers = 1000;
inline constexpr size_t kMaxText = 500;         // bytes of one text
inline constexpr size_t kMaxMessage = 2 << 20;  // bytes

std::string Write(const Facts& facts);
// kFailed when it is not such a message, whole and within the limits.
Facts Read(std::string_view message);

}  // namespace sceau::contents
