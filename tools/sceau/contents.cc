#include "tools/sceau/contents.h"

#include <algorithm>
#include <filesystem>
#include <memory>

namespace sceau::cli {

void AddContents(CLI::App* verb, const Command& command, std::vector<std::string>& contents) {
  AddValue(verb, command, "--content", contents, {"FICHIER", "FILE"},
           {"Fichier à côté du document : que couvre une signature détachée, ou que nomme un "
            "message @CTES (répétable)",
            "File beside the document: covered by a detached signature, or named by a message of "
            "@CTES (repeatable)"})
      ->allow_extra_args(false);
}

StatusOr<std::vector<verifier::GivenContent>> OpenContents(const std::vector<std::string>& paths,
                                                           int64_t max_size) {
  std::vector<verifier::GivenContent> out;
  for (const std::string& path : paths) {
    const std::string name = std::filesystem::path(path).filename();
    const bool twice =
        std::any_of(out.begin(), out.end(), [&](const auto& it) { return it.name == name; });
    if (twice) return Error(Reason::kUsage, name);
    SCEAU_ASSIGN_OR_RETURN(InputFile file, InputFile::Open(path, max_size));
    out.push_back({name, std::make_shared<const InputFile>(std::move(file))});
  }
  return out;
}

}  // namespace sceau::cli
