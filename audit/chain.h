// The chain of an audit log, and how it stands in its file.
//
// A record is one JSON object in its canonical form (RFC 8785: names in order, no white space,
// integers only), kept verbatim. With h_0 = SHA-256(0x00 ‖ "sceau-audit-v1" ‖ log id),
//   h_n = SHA-256(0x01 ‖ h_{n-1} ‖ SHA-256(record_n)).
// The file is a header line, then one line per record: h_n in hexadecimal, a space, the record.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"

namespace sceau::audit {

// One JSON object with names in ASCII. Every record has "v" (1), "n" (its number, from 1), "kind"
// and "time"; what belongs to one request has "request".
using Fields = nlohmann::json;

constexpr int kRecordVersion = 1;
constexpr size_t kMaxLine = 1 << 20;  // bytes, the line's end included

// The canonical form. Bytes that are not UTF-8 become U+FFFD.
std::string Canonical(const Fields& object);
// The object of a text in canonical form; nothing for any other text.
std::optional<Fields> ReadCanonical(std::string_view text);

// Digests are raw, 32 bytes.
std::string FirstLink(std::string_view log_id);
std::string NextLink(std::string_view link, std::string_view record_digest);
std::string RecordDigest(std::string_view record);

std::optional<std::string> FromHex(std::string_view text);  // lower case only

std::string HeaderLine(std::string_view log_id);
// The log id of a header without its line's end.
std::optional<std::string> LogIdIn(std::string_view header);

struct Line {
  std::string link;  // h_n, raw
  std::string_view record;
};
std::string LineOf(std::string_view link, std::string_view record);
// Of a line without its end.
std::optional<Line> ReadLine(std::string_view line);
// Whether these bytes are the beginning of a line of records and of nothing else.
bool MayBeginLine(std::string_view bytes);

// Of a file beside the log: what `read` makes of each line. A last line without an end is one that
// is still being written, and is passed over. Error kAuditInvalid, with `what` and the line.
template <typename T, typename Read>
StatusOr<std::vector<T>> ReadWholeLines(std::string_view text, std::string_view what,
                                        const Read& read) {
  std::vector<T> all;
  int64_t line = 0;
  for (size_t end; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1)) {
    ++line;
    StatusOr<T> it = read(text.substr(0, end));
    if (!it.ok()) return Error(Reason::kAuditInvalid, what, {.line = line});
    all.push_back(*std::move(it));
  }
  return all;
}

}  // namespace sceau::audit
