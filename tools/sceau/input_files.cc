#include "tools/sceau/input_files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

namespace sceau::cli {
namespace {

namespace fs = std::filesystem;

// XML after blanks or a byte-order mark (one that is refused later says so), PDF.
constexpr std::string_view kBeginnings[] = {"<", "\xEF\xBB\xBF", "\xFE\xFF", "\xFF\xFE", "%PDF-"};

bool LooksLikeDocument(const fs::path& path) {
  constexpr size_t kLooked = 512;
  char bytes[kLooked];
  std::ifstream file(path, std::ios::binary);
  file.read(bytes, kLooked);
  std::string_view text(bytes, static_cast<size_t>(file.gcount()));
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return std::any_of(std::begin(kBeginnings), std::end(kBeginnings),
                     [&](std::string_view it) { return text.starts_with(it); });
}

Status AddFolder(const std::string& folder, InputFiles& out) {
  std::error_code error;
  std::vector<std::string> found;
  auto entry = fs::recursive_directory_iterator(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (entry->is_symlink() || !entry->is_regular_file()) continue;
    if (LooksLikeDocument(entry->path())) {
      found.push_back(entry->path().string());
    } else {
      ++out.left_out;
    }
  }
  if (error || found.empty()) return Error(Reason::kInputUnreadable, folder);
  std::sort(found.begin(), found.end());
  out.files.insert(out.files.end(), found.begin(), found.end());
  return OkStatus();
}

}  // namespace

StatusOr<InputFiles> ExpandFolders(const std::vector<std::string>& named) {
  InputFiles out;
  for (const std::string& it : named) {
    std::error_code error;
    if (fs::is_directory(it, error)) {
      SCEAU_RETURN_IF_ERROR(AddFolder(it, out));
    } else {
      out.files.push_back(it);
    }
  }
  return out;
}

}  // namespace sceau::cli
