#include "verifier/trusted_list.h"

#include <openssl/err.h>

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "base/bytes.h"
#include "base/strings.h"
#include "verifier/service_extensions.h"
#include "xml/fragment.h"
#include "xml/parser.h"

namespace sceau::verifier {
namespace {

using xml::FragmentNode;

constexpr size_t kMaxPointers = 256;
constexpr size_t kMaxServices = 20'000;  // real lists stay below 1000
constexpr size_t kMaxPeriods = 256;      // of one service
constexpr size_t kMaxIdentities = 32;    // certificates of one service or pointer
constexpr int kLeastVersion = 5, kMostVersion = 6;

constexpr std::string_view kScheme = "SchemeInformation";
constexpr std::string_view kProviders = "TrustServiceProviderList";
constexpr std::string_view kProvider = "TrustServiceProvider";

Status Invalid(const FragmentNode& node, std::string_view what = {}) {
  return Error(Reason::kTrustedListInvalid, what.empty() ? node.qname : std::string(what),
               node.At());
}

const FragmentNode* Child(const FragmentNode& node, std::string_view name) {
  return node.Only(kTrustedListNamespace, name);
}

StatusOr<std::string> TextOf(const FragmentNode& node) {
  const auto text = node.Text();
  if (!text.ok()) return Invalid(node);
  return std::string(absl::StripAsciiWhitespace(*text));
}

// The text of the only child of this name; empty when there is none.
std::string ChildText(const FragmentNode& node, std::string_view name) {
  const FragmentNode* child = Child(node, name);
  return child == nullptr ? "" : TextOf(*child).value_or("");
}

StatusOr<absl::Time> TimeOf(const FragmentNode& node) {
  SCEAU_ASSIGN_OR_RETURN(const std::string text, TextOf(node));
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return Invalid(node, text);
  return time;
}

// Every X509Certificate below, in order.
Status CollectCertificates(const FragmentNode& node, std::vector<X509Handle>& out) {
  if (!node.Is(kTrustedListNamespace, "X509Certificate")) {
    for (const FragmentNode* child : node.Elements()) {
      SCEAU_RETURN_IF_ERROR(CollectCertificates(*child, out));
    }
    return OkStatus();
  }
  SCEAU_ASSIGN_OR_RETURN(const std::string text, TextOf(node));
  const auto der = FromBase64(text);
  if (!der || out.size() >= kMaxIdentities) return Invalid(node);
  const auto* at = reinterpret_cast<const unsigned char*>(der->data());
  X509Handle certificate(d2i_X509(nullptr, &at, static_cast<long>(der->size())));
  ERR_clear_error();
  // One that nothing can be checked with identifies nothing; the others still count.
  if (certificate != nullptr) out.push_back(std::move(certificate));
  return OkStatus();
}

bool IssuesQualified(const TrustService& service) {
  return std::any_of(service.periods.begin(), service.periods.end(), [](const ServicePeriod& it) {
    return it.type == "CA/QC" || it.type == "TSA/QTST";
  });
}

// ServiceInformation and ServiceHistoryInstance are alike.
StatusOr<ServicePeriod> ReadPeriod(const FragmentNode& node) {
  ServicePeriod period;
  period.type = AfterMark(ChildText(node, "ServiceTypeIdentifier"), "Svctype/");
  period.status = AfterMark(ChildText(node, "ServiceStatus"), "Svcstatus/");
  const FragmentNode* starting = Child(node, "StatusStartingTime");
  if (period.status.empty() || starting == nullptr) return Invalid(node);
  SCEAU_ASSIGN_OR_RETURN(period.starting, TimeOf(*starting));
  if (const FragmentNode* extensions = Child(node, "ServiceInformationExtensions")) {
    ReadServiceExtensions(*extensions, period);
  }
  return period;
}

// Collects the small parts of a list, one at a time, and reads each when it has ended.
class Reader final : public xml::Handler {
 public:
  Status OnStart(const xml::StartElement& element) override {
    if (builder_.Active()) return builder_.Start(element);
    path_.resize(static_cast<size_t>(element.depth - 1));
    const bool known = element.uri == kTrustedListNamespace;
    path_.emplace_back(known ? element.local : "");
    part_ = FindPart();
    if (part_ != nullptr) {
      builder_.Begin(element);
    } else if (element.depth == 1 && element.local != "TrustServiceStatusList") {
      return Error(Reason::kTrustedListInvalid, element.qname, PlaceOf(element));
    }
    if (path_.back() == kProvider) provider_.clear();
    return OkStatus();
  }
  Status OnEnd(const xml::EndElement&) override {
    if (!builder_.Active()) return OkStatus();
    builder_.End();
    if (builder_.Active()) return OkStatus();
    const xml::Fragment fragment = builder_.Take();
    return (this->*part_->read)(fragment.root());
  }
  Status OnText(std::string_view text) override {
    return builder_.Active() ? builder_.Text(text) : OkStatus();
  }

  // What has been read, when nothing that must be there is missing.
  StatusOr<TrustedList> Finish() {
    const bool whole = list_.version != 0 && list_.sequence > 0 && !list_.list_type.empty() &&
                       !list_.territory.empty() && list_.issued != absl::Time() && next_update_;
    if (!whole) return Error(Reason::kTrustedListInvalid, "SchemeInformation");
    return std::move(list_);
  }

 private:
  struct Part {
    std::array<std::string_view, 5> path;  // below the document element; "" at the end: none
    Status (Reader::*read)(const FragmentNode&);
  };
  static const Part kParts[];

  static Place PlaceOf(const xml::StartElement& element) {
    return {element.line, element.column, std::string(element.qname)};
  }

  const Part* FindPart() const;

  Status Version(const FragmentNode& node) {
    SCEAU_ASSIGN_OR_RETURN(const std::string text, TextOf(node));
    const bool good = absl::SimpleAtoi(text, &list_.version) && list_.version >= kLeastVersion &&
                      list_.version <= kMostVersion;
    return good ? OkStatus() : Invalid(node, Concat("TSLVersionIdentifier ", text));
  }
  Status Sequence(const FragmentNode& node) {
    SCEAU_ASSIGN_OR_RETURN(const std::string text, TextOf(node));
    const bool good = absl::SimpleAtoi(text, &list_.sequence) && list_.sequence > 0;
    return good ? OkStatus() : Invalid(node);
  }
  Status Type(const FragmentNode& node) {
    SCEAU_ASSIGN_OR_RETURN(list_.list_type, TextOf(node));
    return OkStatus();
  }
  Status Territory(const FragmentNode& node) {
    SCEAU_ASSIGN_OR_RETURN(list_.territory, TextOf(node));
    return OkStatus();
  }
  Status Issued(const FragmentNode& node) {
    SCEAU_ASSIGN_OR_RETURN(list_.issued, TimeOf(node));
    return OkStatus();
  }
  Status NextUpdate(const FragmentNode& node) {
    next_update_ = true;
    const FragmentNode* time = Child(node, "dateTime");
    if (time == nullptr) return OkStatus();
    SCEAU_ASSIGN_OR_RETURN(list_.next_update, TimeOf(*time));
    return OkStatus();
  }
  Status InformationUris(const FragmentNode& node) {
    for (const FragmentNode* uri : node.Elements()) {
      SCEAU_ASSIGN_OR_RETURN(std::string text, TextOf(*uri));
      list_.information_uris.push_back(std::move(text));
    }
    return OkStatus();
  }

  Status Pointer(const FragmentNode& node) {
    if (list_.pointers.size() >= kMaxPointers) return Invalid(node, "OtherTSLPointer");
    ListPointer pointer;
    pointer.location = ChildText(node, "TSLLocation");
    if (const FragmentNode* identities = Child(node, "ServiceDigitalIdentities")) {
      SCEAU_RETURN_IF_ERROR(CollectCertificates(*identities, pointer.signers));
    }
    if (const FragmentNode* more = Child(node, "AdditionalInformation")) {
      for (const FragmentNode* other : more->Elements()) {
        for (const FragmentNode* it : other->Elements()) ReadAbout(*it, pointer);
      }
    }
    list_.pointers.push_back(std::move(pointer));
    return OkStatus();
  }
  static void ReadAbout(const FragmentNode& node, ListPointer& pointer) {
    if (node.local == "TSLType") pointer.list_type = TextOf(node).value_or("");
    if (node.local == "SchemeTerritory") pointer.territory = TextOf(node).value_or("");
    if (node.local == "MimeType") pointer.mime_type = TextOf(node).value_or("");
  }

  Status Provider(const FragmentNode& node) {
    const FragmentNode* names = Child(node, "TSPName");
    if (names == nullptr || names->Elements().empty()) return Invalid(node);
    SCEAU_ASSIGN_OR_RETURN(provider_, TextOf(*names->Elements().front()));
    return OkStatus();
  }

  Status Service(const FragmentNode& node) {
    const FragmentNode* information = Child(node, "ServiceInformation");
    const FragmentNode* identity =
        information == nullptr ? nullptr : Child(*information, "ServiceDigitalIdentity");
    if (information == nullptr || identity == nullptr || provider_.empty()) return Invalid(node);
    TrustService service;
    service.provider = provider_;
    const FragmentNode* names = Child(*information, "ServiceName");
    if (names != nullptr && !names->Elements().empty()) {
      service.name = TextOf(*names->Elements().front()).value_or("");
    }
    SCEAU_RETURN_IF_ERROR(CollectCertificates(*identity, service.certificates));
    SCEAU_ASSIGN_OR_RETURN(ServicePeriod current, ReadPeriod(*information));
    service.periods.push_back(std::move(current));
    if (const FragmentNode* history = Child(node, "ServiceHistory")) {
      for (const FragmentNode* instance : history->Elements()) {
        if (service.periods.size() >= kMaxPeriods) return Invalid(*instance);
        SCEAU_ASSIGN_OR_RETURN(ServicePeriod earlier, ReadPeriod(*instance));
        service.periods.push_back(std::move(earlier));
      }
    }
    std::stable_sort(service.periods.begin(), service.periods.end(),
                     [](const auto& a, const auto& b) { return a.starting > b.starting; });
    if (!IssuesQualified(service) || service.certificates.empty()) return OkStatus();
    if (list_.services.size() >= kMaxServices) return Invalid(node, "TSPService");
    list_.services.push_back(std::move(service));
    return OkStatus();
  }

  TrustedList list_;
  bool next_update_ = false;  // was there
  std::vector<std::string> path_;
  const Part* part_ = nullptr;  // that the builder collects
  xml::FragmentBuilder builder_;
  std::string provider_;  // of the services that follow
};

const Reader::Part Reader::kParts[] = {
    {{kScheme, "TSLVersionIdentifier"}, &Reader::Version},
    {{kScheme, "TSLSequenceNumber"}, &Reader::Sequence},
    {{kScheme, "TSLType"}, &Reader::Type},
    {{kScheme, "SchemeTerritory"}, &Reader::Territory},
    {{kScheme, "ListIssueDateTime"}, &Reader::Issued},
    {{kScheme, "NextUpdate"}, &Reader::NextUpdate},
    {{kScheme, "SchemeInformationURI"}, &Reader::InformationUris},
    {{kScheme, "PointersToOtherTSL", "OtherTSLPointer"}, &Reader::Pointer},
    {{kProviders, kProvider, "TSPInformation"}, &Reader::Provider},
    {{kProviders, kProvider, "TSPServices", "TSPService"}, &Reader::Service},
};

const Reader::Part* Reader::FindPart() const {
  for (const Part& part : kParts) {
    const auto end = std::find(part.path.begin(), part.path.end(), "");
    if (std::equal(path_.begin() + 1, path_.end(), part.path.begin(), end)) return &part;
  }
  return nullptr;
}

}  // namespace

const ServicePeriod* TrustService::At(absl::Time at) const {
  for (const ServicePeriod& period : periods) {
    if (period.starting <= at) return &period;
  }
  return nullptr;
}

StatusOr<TrustedList> ReadTrustedList(const InputFile& file, std::string& sha256) {
  Reader reader;
  xml::DigestSink raw(DigestAlgorithm::kSha256);
  SCEAU_RETURN_IF_ERROR(xml::Parse(file, reader, {}, &raw).status());
  sha256 = raw.Finish();
  return reader.Finish();
}

}  // namespace sceau::verifier
