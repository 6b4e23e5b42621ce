// The attributes of an object to be made or found; owns its values and wipes them at the end.
#pragma once

#include <openssl/crypto.h>

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "hsm/cryptoki.h"

namespace sceau::hsm {

class ObjectTemplate {
 public:
  ObjectTemplate() = default;
  ~ObjectTemplate() {
    for (std::string& value : values_) OPENSSL_cleanse(value.data(), value.size());
  }
  ObjectTemplate(ObjectTemplate&&) = default;  // a copy would point into the original
  ObjectTemplate& operator=(ObjectTemplate&&) = delete;

  ObjectTemplate& Add(CK_ATTRIBUTE_TYPE type, std::string_view value) {
    const std::string& kept = values_.emplace_back(value);
    attributes_.push_back({type, Bytes(kept), kept.size()});
    return *this;
  }
  ObjectTemplate& Number(CK_ATTRIBUTE_TYPE type, CK_ULONG value) {
    return Add(type, {reinterpret_cast<const char*>(&value), sizeof value});
  }
  ObjectTemplate& Flag(CK_ATTRIBUTE_TYPE type, bool value) {
    const CK_BBOOL byte = value ? CK_TRUE : CK_FALSE;
    return Add(type, {reinterpret_cast<const char*>(&byte), sizeof byte});
  }
  CK_ATTRIBUTE_PTR data() { return attributes_.data(); }
  CK_ULONG size() const { return attributes_.size(); }

 private:
  std::deque<std::string> values_;  // their places do not change
  std::vector<CK_ATTRIBUTE> attributes_;
};

}  // namespace sceau::hsm
