#include "verifier/trusted_list_refresh.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/file.h"
#include "base/strings.h"
#include "verifier/trusted_lists.h"

namespace sceau::verifier {
namespace {

// "https://host:port/"
std::string_view OriginOf(std::string_view url) {
  const size_t host = url.find("://");
  if (host == std::string_view::npos) return {};
  const size_t end = url.find('/', host + 3);
  return end == std::string_view::npos ? std::string_view() : url.substr(0, end + 1);
}

class Refresh {
 public:
  Refresh(const std::string& folder, const RefreshOptions& options, absl::Time now,
          ListSigners signers)
      : folder_(folder), options_(options), now_(now), signers_(std::move(signers)) {}

  StatusOr<std::vector<RefreshedList>> Run() {
    std::error_code error;
    std::filesystem::create_directories(folder_ + "/pivots", error);
    if (error) return Error(Reason::kOutputUnwritable, folder_ + "/pivots");
    auto lists = TakeListOfLists();
    if (!lists.ok()) {
      results_.push_back({"EU", options_.url, lists.status()});
      return results_;
    }
    results_.push_back({lists->territory, options_.url, OkStatus()});
    for (const ListPointer* pointer : NationalPointers(*lists)) {
      if (!Wanted(pointer->territory)) continue;
      results_.push_back({pointer->territory, pointer->location, TakeNational(*pointer)});
    }
    return results_;
  }

 private:
  struct Fetched {
    OutputFile file;
    SignedList list;
  };

  bool Wanted(const std::string& territory) const {
    const auto& wanted = options_.territories;
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), territory) != wanted.end();
  }

  // What an address gives, written where it will stand if it is found good.
  StatusOr<Fetched> Fetch(const std::string& url, const std::string& path) const {
    SCEAU_ASSIGN_OR_RETURN(const std::string bytes, HttpExchange({url, "", ""}, options_.limits));
    SCEAU_ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(path, /*force=*/true));
    SCEAU_RETURN_IF_ERROR(file.Append(bytes));
    SCEAU_ASSIGN_OR_RETURN(const InputFile input, file.Reread());
    SCEAU_ASSIGN_OR_RETURN(SignedList list, OpenTrustedList(input, now_));
    return Fetched{std::move(file), std::move(list)};
  }

  // A list that is older than the one that is already there is refused.
  Status Admit(const SignedList& fetched, const std::string& path) const {
    SCEAU_RETURN_IF_ERROR(CheckCurrent(fetched.list, now_));
    const auto kept = OpenKept(path);
    if (!kept.ok() || kept->list.territory != fetched.list.territory ||
        fetched.list.sequence >= kept->list.sequence) {
      return OkStatus();
    }
    return Error(
        Reason::kTrustedListRollback,
        Concat(fetched.list.territory, ": ", fetched.list.sequence, " < ", kept->list.sequence));
  }

  StatusOr<SignedList> OpenKept(const std::string& path) const {
    SCEAU_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path, kMaxListSize));
    return OpenTrustedList(file, now_);
  }

  // Pivots never change: the folder's own is used where there is one. Another is kept only once the
  // list of lists that names it is known to be true.
  StatusOr<SignedList> Pivot(const std::string& url) {
    const std::string path = PivotPath(folder_, url);
    auto kept = OpenKept(path);
    if (kept.ok()) return kept;
    if (OriginOf(url).empty() || OriginOf(url) != OriginOf(options_.url)) {
      return Error(Reason::kTrustedListNotTrusted, url);
    }
    SCEAU_ASSIGN_OR_RETURN(Fetched fetched, Fetch(url, path));
    pivots_.push_back(std::move(fetched.file));
    return std::move(fetched.list);
  }

  StatusOr<TrustedList> TakeListOfLists() {
    const std::string path = ListOfListsPath(folder_);
    SCEAU_ASSIGN_OR_RETURN(Fetched fetched, Fetch(options_.url, path));
    SCEAU_RETURN_IF_ERROR(CheckListOfLists(fetched.list, signers_,
                                           [&](const std::string& url) { return Pivot(url); }));
    SCEAU_RETURN_IF_ERROR(Admit(fetched.list, path));
    for (OutputFile& pivot : pivots_) SCEAU_RETURN_IF_ERROR(pivot.Publish());
    SCEAU_RETURN_IF_ERROR(fetched.file.Publish());
    return std::move(fetched.list.list);
  }

  Status TakeNational(const ListPointer& pointer) const {
    const std::string path = NationalPath(folder_, pointer.territory);
    SCEAU_ASSIGN_OR_RETURN(Fetched fetched, Fetch(pointer.location, path));
    SCEAU_RETURN_IF_ERROR(CheckNational(fetched.list, pointer));
    SCEAU_RETURN_IF_ERROR(Admit(fetched.list, path));
    return fetched.file.Publish();
  }

  const std::string& folder_;
  const RefreshOptions& options_;
  const absl::Time now_;
  const ListSigners signers_;
  std::vector<OutputFile> pivots_;  // fetched, not kept yet
  std::vector<RefreshedList> results_;
};

}  // namespace

StatusOr<std::vector<RefreshedList>> RefreshTrustedLists(const std::string& folder,
                                                         const RefreshOptions& options,
                                                         absl::Time now) {
  SCEAU_ASSIGN_OR_RETURN(ListSigners signers, ConfiguredSigners(folder));
  return Refresh(folder, options, now, std::move(signers)).Run();
}

}  // namespace sceau::verifier
