#include "verifier/signature_list.h"

#include <cstring>

#include "absl/hash/hash.h"

namespace sceau::verifier {

uint32_t SignatureList::IndexOf(const SignatureTraits& traits) {
  uint32_t& index =
      by_hash_.try_emplace(absl::HashOf(traits), static_cast<uint32_t>(traits_.size()))
          .first->second;
  if (index < traits_.size() && traits_[index] == traits) return index;
  index = static_cast<uint32_t>(traits_.size());
  traits_.push_back(traits);
  return index;
}

void SignatureList::AppendText(std::string_view text) {
  const auto length = static_cast<uint32_t>(text.size());
  char bytes[sizeof(length)];
  std::memcpy(bytes, &length, sizeof(length));
  texts_.append(bytes, sizeof(bytes)).append(text);
}

std::string SignatureList::TakeText(size_t& at) const {
  uint32_t length = 0;
  std::memcpy(&length, texts_.data() + at, sizeof(length));
  at += sizeof(length) + length;
  return texts_.substr(at - length, length);
}

void SignatureList::push_back(const SignatureReport& report) {
  records_.push_back({texts_.size(), report.line, report.column, IndexOf(report),
                      static_cast<uint32_t>(report.covers.size()), report.scope,
                      report.integrity});
  AppendText(report.id);
  AppendText(report.of);
  for (const std::string& path : report.covers) AppendText(path);
}

SignatureReport SignatureList::operator[](size_t index) const {
  const Record& record = records_[index];
  SignatureReport report;
  static_cast<SignatureTraits&>(report) = traits_[record.traits];
  size_t at = record.texts;
  report.id = TakeText(at);
  report.of = TakeText(at);
  for (uint32_t i = 0; i < record.covers; ++i) report.covers.push_back(TakeText(at));
  report.scope = record.scope;
  report.integrity = record.integrity;
  report.line = record.line;
  report.column = record.column;
  return report;
}

}  // namespace sceau::verifier
