#include "contents/program/zip.h"

#include <archive.h>
#include <archive_entry.h>

#include <array>

#include "base/c_handle.h"

namespace sceau::contents {
namespace {

std::string NameOf(archive_entry* entry) {
  const char* name = archive_entry_pathname_utf8(entry);
  if (name == nullptr) name = archive_entry_pathname(entry);
  return name == nullptr ? std::string() : name;
}

}  // namespace

Facts ReadZip(std::string_view content) {
  const CHandle<archive, archive_read_free> zip(archive_read_new());
  archive_read_support_format_zip_seekable(zip.get());
  if (archive_read_open_memory(zip.get(), content.data(), content.size()) != ARCHIVE_OK) {
    return {Outcome::kUnreadable};
  }
  Facts facts{Outcome::kRead};
  ZipFacts& found = facts.zip.emplace();
  std::array<char, 64 * 1024> buffer;
  while (true) {
    archive_entry* entry = nullptr;
    const int result = archive_read_next_header(zip.get(), &entry);
    if (result == ARCHIVE_EOF) return facts;
    if (result < ARCHIVE_WARN) return {Outcome::kUnreadable};
    if (found.members.size() >= kMaxMembers) return {Outcome::kTooLarge};
    ZipMember& member = found.members.emplace_back();
    member.name = NameOf(entry);
    member.encrypted = archive_entry_is_encrypted(entry) != 0;
    if (member.encrypted) continue;
    while (true) {
      const la_ssize_t got = archive_read_data(zip.get(), buffer.data(), buffer.size());
      if (got < 0) return {Outcome::kUnreadable};
      if (got == 0) break;
      member.size += got;
      found.total += got;
      if (found.total > kMaxZipBytes) return {Outcome::kTooLarge};
    }
  }
}

}  // namespace sceau::contents
