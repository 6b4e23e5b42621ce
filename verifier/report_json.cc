#include "verifier/report_json.h"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "schemas/inspection_json.h"

namespace sceau::verifier {
namespace {

constexpr int kReportVersion = 1;

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

Json SignerJson(const SignatureReport& it) {
  if (!it.signer) return nullptr;
  return {{"subject", it.signer->subject},
          {"issuer", it.signer->issuer},
          {"serial", it.signer->serial},
          {"sha256", it.signer->sha256}};
}

Json PlaceJson(const SignatureReport& it) {
  if (it.city.empty() && it.postal_code.empty() && it.country.empty()) return nullptr;
  return {{"city", NullIfEmpty(it.city)},
          {"postalCode", NullIfEmpty(it.postal_code)},
          {"country", NullIfEmpty(it.country)}};
}

Json PolicyJson(const SignatureReport& it) {
  if (it.policy_id.empty()) return nullptr;
  return {{"id", it.policy_id}, {"known", it.policy_known}, {"hash", NameOf(it.policy_hash)}};
}

Json ReasonsJson(const SignatureReport& it, Lang lang) {
  Json reasons = Json::array();
  for (const SignatureReason& reason : it.reasons) {
    reasons.push_back({{"code", reason.code},
                       {"severity", NameOf(reason.severity)},
                       {"text", Describe(reason, lang)}});
  }
  return reasons;
}

Json SignatureJson(const SignatureReport& it, Lang lang) {
  return {{"id", NullIfEmpty(it.id)},
          {"format", it.format},
          {"level", it.level},
          {"namespace", NullIfEmpty(it.xades_namespace)},
          {"scope", NameOf(it.scope)},
          {"of", NullIfEmpty(it.of)},
          {"covers", it.covers},
          {"integrity", NameOf(it.integrity)},
          {"indication", NameOf(it.indication)},
          {"subIndication", NullIfEmpty(it.sub_indication)},
          {"signer", SignerJson(it)},
          {"claimedTime", NullIfEmpty(it.claimed_time)},
          {"bestTime", it.best_time ? Json(TimeText(*it.best_time)) : Json()},
          {"claimedRole", NullIfEmpty(it.claimed_role)},
          {"place", PlaceJson(it)},
          {"policy", PolicyJson(it)},
          {"qualification", it.qualification},
          {"competence", NameOf(it.competence)},
          {"reasons", ReasonsJson(it, lang)},
          {"line", NullIfUnknown(it.line)},
          {"column", NullIfUnknown(it.column)}};
}

void WriteFile(const FileReport& report, Lang lang, JsonStream& json) {
  json.BeginObject();
  json.Field("file", report.file);
  if (!report.attachment_id.empty()) json.Field("attachment", report.attachment_id);
  json.Field("sha256", NullIfEmpty(report.sha256));
  json.Field("kind", schemas::NameOf(report.kind));
  json.Field("verdict", NameOf(report.verdict));
  json.Field("validationTime", TimeText(report.validation_time));
  json.BeginArray("signatures");
  for (const SignatureReport& it : report.signatures) json.Element(SignatureJson(it, lang));
  json.EndArray();
  json.BeginArray("unsigned");
  for (const UnsignedElement& it : report.unsigned_elements) {
    json.Element({{"scope", NameOf(it.scope)}, {"of", it.of}, {"why", NameOf(it.why)}});
  }
  json.EndArray();
  json.Field("notCovered", report.not_covered);
  json.BeginArray("findings");
  for (const schemas::Finding& it : report.findings) {
    json.Element(schemas::FindingJson(it, lang));
  }
  json.EndArray();
  if (!report.attachments.empty()) {
    json.BeginArray("attachments");
    for (const FileReport& it : report.attachments) WriteFile(it, lang, json);
    json.EndArray();
  }
  if (report.verdict == Verdict::kRefused) json.Field("error", ErrorJson(report.refusal, lang));
  json.EndObject();
}

void WriteLog(const LogAccount& log, JsonStream& json) {
  json.BeginObject("auditLog");
  json.Field("holds", !log.first_bad.has_value());
  json.Field("fault", log.first_bad ? Json(audit::NameOf(log.first_bad->fault)) : Json());
  json.Field("record", NullIfUnknown(log.first_bad ? log.first_bad->record : 0));
  json.Field("records", log.records);
  json.Field("stamped", log.stamped);
  json.Field("released", log.released);
  json.Field("unproven", log.unproven);
  json.BeginArray("missing");
  for (const auto& [sha256, file] : log.missing) {
    json.Element({{"sha256", sha256},
                  {"record", file.record},
                  {"time", file.time},
                  {"request", file.request}});
  }
  json.EndArray();
  json.EndObject();
}

}  // namespace

JsonReport::JsonReport(Lang lang, const TextSink& sink) : lang_(lang), json_(sink) {
  json_.Field("reportVersion", kReportVersion);
  json_.BeginArray("files");
}

void JsonReport::File(const FileReport& report) {
  WriteFile(report, lang_, json_);
  ++files_;
  ++verdicts_[NameOf(report.verdict)];
  if (report.verdict == Verdict::kRefused && !refusal_) refusal_ = report.refusal;
}

void JsonReport::Finish() {
  json_.EndArray();
  json_.Field("summary", {{"files", files_}, {"verdicts", Json(verdicts_)}});
  if (log_) WriteLog(*log_, json_);
  if (refusal_) json_.Field("error", ErrorJson(*refusal_, lang_));
  json_.Finish();
}

void WriteJson(const std::vector<FileReport>& reports, Lang lang, const TextSink& sink) {
  JsonReport json(lang, sink);
  for (const FileReport& report : reports) json.File(report);
  json.Finish();
}

std::string ToJson(const std::vector<FileReport>& reports, Lang lang) {
  std::string text;
  WriteJson(reports, lang, [&](std::string_view piece) { text += piece; });
  return text;
}

}  // namespace sceau::verifier
