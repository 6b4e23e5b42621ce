#include "verifier/trust.h"

#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>

#include "base/file.h"
#include "base/settings.h"
#include "base/strings.h"
#include "verifier/pem_or_der.h"

namespace sceau::verifier {
namespace {

constexpr std::string_view kPurposes[] = {"signature", "time-stamping"};

bool HasCertificateName(const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  return extension == ".pem" || extension == ".crt" || extension == ".cer";
}

struct LimitsFile : TrustLimits {
  int version = 0;
};

bool IsKind(const std::string& name) {
  for (int i = 0; i <= static_cast<int>(schemas::Kind::kOther); ++i) {
    if (schemas::NameOf(static_cast<schemas::Kind>(i)) == name) return true;
  }
  return false;
}

bool IsPurpose(const std::string& name) {
  return std::find(std::begin(kPurposes), std::end(kPurposes), name) != std::end(kPurposes);
}

// A list that names at least one, and nothing unknown.
Complaint SetNames(const toml::node& node, bool (*known)(const std::string&),
                   std::vector<std::string>& out) {
  if (Complaint wrong = SetTexts(node, out); !wrong.empty()) return wrong;
  if (out.empty()) return "expected: at least one";
  for (const std::string& name : out) {
    if (!known(name)) return Concat("unknown: ", name);
  }
  return {};
}

constexpr std::array<Setting<LimitsFile>, 5> kSettings = {{
    {"version", [](const toml::node& n, LimitsFile& f) { return SetCount(n, 1, 1, f.version); }},
    {"documents",
     [](const toml::node& n, LimitsFile& f) { return SetNames(n, &IsKind, f.documents); }},
    {"purposes",
     [](const toml::node& n, LimitsFile& f) { return SetNames(n, &IsPurpose, f.purposes); }},
    {"from", [](const toml::node& n, LimitsFile& f) { return SetDay(n, f.from); }},
    {"until", [](const toml::node& n, LimitsFile& f) { return SetDay(n, f.until); }},
}};

// What stands beside the file of certificates.
StatusOr<TrustLimits> LimitsBeside(const std::string& path) {
  const std::string file = std::filesystem::path(path).replace_extension(".toml").string();
  std::error_code error;
  // Of the entry itself: one that leads nowhere is a limit that cannot be read.
  if (std::filesystem::symlink_status(file, error).type() == std::filesystem::file_type::not_found)
    return TrustLimits();
  const auto text = ReadSmallFile(file);
  if (!text.ok()) return Error(Reason::kTrustUnreadable, file);
  return ParseLimits(*text, file);
}

// Every certificate of a file, PEM or one in DER; a bundle with a bad block is not read in part.
Status ReadCertificates(const std::string& path, std::vector<TrustAnchor>& out) {
  auto bytes = ReadSmallFile(path);
  if (!bytes.ok()) return Error(Reason::kTrustUnreadable, path);
  SCEAU_ASSIGN_OR_RETURN(const TrustLimits limits, LimitsBeside(path));
  auto certificates = ReadPemOrDer<X509Handle>(*bytes, PEM_read_bio_X509, d2i_X509);
  if (!certificates || certificates->empty()) return Error(Reason::kTrustUnreadable, path);
  for (X509Handle& it : *certificates) out.push_back({std::move(it), limits, path});
  return OkStatus();
}

bool Lists(const std::vector<std::string>& names, std::string_view name) {
  return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

std::string ListText(std::string_view key, const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    AppendTo(text, text.empty() ? "" : ", ", "\"", name, "\"");
  }
  return names.empty() ? "" : Concat(key, " = [", text, "]\n");
}

std::string DayText(std::string_view key, absl::Time day) {
  if (day == absl::InfinitePast() || day == absl::InfiniteFuture()) return "";
  return Concat(key, " = \"", absl::FormatTime("%Y-%m-%d", day, absl::UTCTimeZone()), "\"\n");
}

}  // namespace

std::string_view NameOf(TrustPurpose purpose) { return kPurposes[static_cast<size_t>(purpose)]; }

bool TrustLimits::Allow(schemas::Kind kind, TrustPurpose purpose, absl::Time at) const {
  return from <= at && at < until && Lists(documents, schemas::NameOf(kind)) &&
         Lists(purposes, NameOf(purpose));
}

StatusOr<std::shared_ptr<const TrustAnchors>> TrustAnchors::Load(
    const std::vector<std::string>& paths) {
  auto trust = std::make_shared<TrustAnchors>();
  for (const std::string& path : paths) {
    std::error_code error;
    if (!std::filesystem::is_directory(path, error)) {
      SCEAU_RETURN_IF_ERROR(ReadCertificates(path, trust->anchors_));
      continue;
    }
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
      if (HasCertificateName(entry.path())) files.push_back(entry.path().string());
    }
    if (error || files.empty()) return Error(Reason::kTrustUnreadable, path);
    std::sort(files.begin(), files.end());
    for (const std::string& file : files) {
      SCEAU_RETURN_IF_ERROR(ReadCertificates(file, trust->anchors_));
    }
  }
  return std::shared_ptr<const TrustAnchors>(std::move(trust));
}

std::shared_ptr<const TrustAnchors> TrustAnchors::None() {
  static const auto kNone = std::make_shared<const TrustAnchors>();
  return kNone;
}

std::shared_ptr<const TrustAnchors> TrustAnchors::Joined(const TrustAnchors& trust,
                                                         std::vector<TrustAnchor> more) {
  auto joined = std::make_shared<TrustAnchors>();
  for (const TrustAnchor& it : trust.anchors_) {
    joined->anchors_.push_back({Share(it.certificate.get()), it.limits, it.file});
  }
  std::move(more.begin(), more.end(), std::back_inserter(joined->anchors_));
  return joined;
}

std::string LimitsText(const TrustLimits& limits) {
  const std::string text =
      Concat(ListText("documents", limits.documents), ListText("purposes", limits.purposes),
             DayText("from", limits.from), DayText("until", limits.until));
  return text.empty() ? "" : Concat("version = 1\n", text);
}

StatusOr<TrustLimits> ParseLimits(std::string_view text, const std::string& origin) {
  LimitsFile file;
  SCEAU_RETURN_IF_ERROR(
      ReadSettings<LimitsFile>(text, {origin, Reason::kTrustUnreadable}, kSettings, file));
  if (file.version == 0) return Error(Reason::kTrustUnreadable, Concat(origin, ": version"));
  return static_cast<TrustLimits>(file);
}

}  // namespace sceau::verifier
