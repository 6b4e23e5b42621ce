#include "verifier/trusted_lists.h"

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "absl/strings/ascii.h"
#include "base/strings.h"
#include "verifier/service_status.h"

namespace sceau::verifier {
namespace {

constexpr std::string_view kMachineReadable = "application/vnd.etsi.tsl+xml";
constexpr size_t kMaxPivots = 32;

Status NotTrusted(std::string_view what) { return Error(Reason::kTrustedListNotTrusted, what); }

// A name that is safe in a folder: two or three capital letters.
bool IsTerritory(const std::string& text) {
  return (text.size() == 2 || text.size() == 3) &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return absl::ascii_isupper(c); });
}

struct CountryName {
  std::string_view iso, territory;
};
// The lists' own codes where they differ (Commission Decision 2009/767/EC).
constexpr CountryName kOtherNames[] = {{"GR", "EL"}, {"GB", "UK"}};

std::string_view TerritoryOf(std::string_view country) {
  for (const CountryName& it : kOtherNames) {
    if (it.iso == country) return it.territory;
  }
  return country;
}

StatusOr<SignedList> OpenFile(const std::string& path, absl::Time at) {
  SCEAU_ASSIGN_OR_RETURN(const InputFile file, InputFile::Open(path, kMaxListSize));
  return OpenTrustedList(file, at);
}

}  // namespace

ListSigners NamedSuccessors(const TrustedList& list_of_lists) {
  ListSigners out;
  for (const ListPointer& pointer : list_of_lists.pointers) {
    const bool itself = pointer.list_type == list_of_lists.list_type &&
                        pointer.territory == list_of_lists.territory &&
                        pointer.mime_type == kMachineReadable;
    if (itself) out.merge(SignersOf(pointer.signers));
  }
  return out;
}

std::vector<std::string> PivotsOf(const TrustedList& list_of_lists) {
  std::vector<std::string> out;
  for (const std::string& uri : list_of_lists.information_uris) {
    if (uri.ends_with(".xml") && out.size() < kMaxPivots) out.push_back(uri);
  }
  std::reverse(out.begin(), out.end());
  return out;
}

Status CheckListOfLists(const SignedList& list, const ListSigners& signers,
                        const std::function<StatusOr<SignedList>(const std::string&)>& pivot) {
  if (!list.list.IsListOfLists()) return NotTrusted(list.list.list_type);
  ListSigners current = signers;
  int64_t sequence = 0;
  for (const std::string& url : PivotsOf(list.list)) {
    const auto step = pivot(url);
    const bool holds = step.ok() && current.contains(step->signer) &&
                       step->list.list_type == list.list.list_type &&
                       step->list.territory == list.list.territory &&
                       step->list.sequence > sequence && step->list.sequence <= list.list.sequence;
    if (!holds && sequence > 0) return NotTrusted(url);
    if (!holds) continue;
    sequence = step->list.sequence;
    current = NamedSuccessors(step->list);
  }
  return current.contains(list.signer) ? OkStatus() : NotTrusted(list.list.territory);
}

Status CheckCurrent(const TrustedList& list, absl::Time at) {
  if (!list.next_update || at < *list.next_update) return OkStatus();
  return Error(Reason::kTrustedListExpired,
               Concat(list.territory, " ",
                      absl::FormatTime(absl::RFC3339_sec, *list.next_update, absl::UTCTimeZone())));
}

Status CheckNational(const SignedList& list, const ListPointer& pointer) {
  if (list.list.territory != pointer.territory) {
    return NotTrusted(Concat(pointer.territory, ": ", list.list.territory));
  }
  if (!SignersOf(pointer.signers).contains(list.signer)) return NotTrusted(pointer.territory);
  return OkStatus();
}

std::vector<const ListPointer*> NationalPointers(const TrustedList& list_of_lists) {
  std::vector<const ListPointer*> out;
  for (const ListPointer& it : list_of_lists.pointers) {
    const bool wanted = it.mime_type == kMachineReadable &&
                        it.territory != list_of_lists.territory && IsTerritory(it.territory);
    const bool known = std::any_of(out.begin(), out.end(), [&](const ListPointer* other) {
      return other->territory == it.territory;
    });
    if (wanted && !known) out.push_back(&it);
  }
  return out;
}

std::string ListOfListsPath(const std::string& folder) { return folder + "/lotl.xml"; }

std::string PivotPath(const std::string& folder, const std::string& url) {
  std::string name = url.substr(url.rfind('/') + 1);
  for (char& c : name) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '.' && c != '-') c = '_';
  }
  return Concat(folder, "/pivots/", name);
}

std::string NationalPath(const std::string& folder, const std::string& territory) {
  return Concat(folder, "/", territory, ".xml");
}

StatusOr<ListSigners> ConfiguredSigners(const std::string& folder) {
  SCEAU_ASSIGN_OR_RETURN(const auto anchors, TrustAnchors::Load({folder + "/signers"}));
  std::vector<X509Handle> certificates;
  for (const TrustAnchor& it : anchors->anchors()) {
    certificates.push_back(Share(it.certificate.get()));
  }
  return SignersOf(certificates);
}

class TrustedLists::Loader {
 public:
  Loader(const std::string& folder, absl::Time at, ListSigners signers)
      : folder_(folder), at_(at), signers_(std::move(signers)) {}

  std::shared_ptr<const TrustedLists> Load() {
    std::error_code error;
    const std::string path = ListOfListsPath(folder_);
    if (std::filesystem::exists(path, error)) LoadListOfLists(path);
    LoadOthers();
    return out_;
  }

 private:
  void LoadListOfLists(const std::string& path) {
    auto list = OpenFile(path, at_);
    Status status = list.status();
    if (status.ok()) {
      status = CheckListOfLists(*list, signers_, [&](const std::string& url) {
        return OpenFile(PivotPath(folder_, url), at_);
      });
    }
    if (status.ok()) status = CheckCurrent(list->list, at_);
    Note(path, list.ok() ? &list->list : nullptr, status);
    if (!status.ok()) return;
    out_->complete_ = true;
    for (const ListPointer* pointer : NationalPointers(list->list)) {
      seen_.insert(pointer->territory);
      LoadNational(pointer->territory,
                   [&](const SignedList& it) { return CheckNational(it, *pointer); });
    }
  }

  // National lists that no list of lists speaks of: signed by one of the folder's own signers.
  void LoadOthers() {
    std::error_code error;
    std::vector<std::string> territories;
    for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
      const std::string name = entry.path().stem().string();
      if (entry.path().extension() == ".xml" && IsTerritory(name) && !seen_.contains(name)) {
        territories.push_back(name);
      }
    }
    std::sort(territories.begin(), territories.end());
    for (const std::string& territory : territories) {
      LoadNational(territory, [&](const SignedList& it) {
        const bool good = signers_.contains(it.signer) && it.list.territory == territory;
        return good ? OkStatus() : NotTrusted(territory);
      });
    }
  }

  void LoadNational(const std::string& territory,
                    const std::function<Status(const SignedList&)>& check) {
    const std::string path = NationalPath(folder_, territory);
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
      out_->complete_ = false;
      return;
    }
    auto list = OpenFile(path, at_);
    Status status = list.status();
    if (status.ok()) status = check(*list);
    if (status.ok()) status = CheckCurrent(list->list, at_);
    Note(path, list.ok() ? &list->list : nullptr, status);
    if (!status.ok()) {
      out_->complete_ = false;
      return;
    }
    out_->territories_.push_back(territory);
    std::move(list->list.services.begin(), list->list.services.end(),
              std::back_inserter(out_->services_));
  }

  void Note(const std::string& path, const TrustedList* list, const Status& status) {
    ListState state;
    state.file = path;
    state.status = status;
    if (list != nullptr) {
      state.territory = list->territory;
      state.sequence = list->sequence;
      state.issued = list->issued;
      state.next_update = list->next_update;
    }
    out_->states_.push_back(std::move(state));
  }

  const std::string& folder_;
  const absl::Time at_;
  const ListSigners signers_;
  ListSigners seen_;  // territories that the list of lists speaks of
  std::shared_ptr<TrustedLists> out_ = std::make_shared<TrustedLists>();
};

StatusOr<std::shared_ptr<const TrustedLists>> TrustedLists::Load(const std::string& folder,
                                                                 absl::Time at) {
  SCEAU_ASSIGN_OR_RETURN(ListSigners signers, ConfiguredSigners(folder));
  return Loader(folder, at, std::move(signers)).Load();
}

bool TrustedLists::Knows(std::string_view country) const {
  return complete_ || std::find(territories_.begin(), territories_.end(), TerritoryOf(country)) !=
                          territories_.end();
}

std::shared_ptr<const TrustAnchors> TrustedLists::AddedTo(const TrustAnchors& trust) const {
  std::vector<TrustAnchor> more;
  for (const TrustService& service : services_) {
    for (const TrustedSpan& span : TrustedSpansOf(service)) {
      for (const X509Handle& certificate : service.certificates) {
        TrustAnchor& anchor = more.emplace_back();
        anchor.certificate = Share(certificate.get());
        anchor.limits.purposes = {std::string(NameOf(span.purpose))};
        anchor.limits.from = span.from;
        anchor.limits.until = span.until;
        anchor.file = service.name;
      }
    }
  }
  return TrustAnchors::Joined(trust, std::move(more));
}

}  // namespace sceau::verifier
