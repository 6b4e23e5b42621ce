// The contract's JSON: written piece by piece, so that a report of any size never is one string.
//
// Two-space indent, keys in the order they are given, strings always valid UTF-8 (bytes that are
// not become U+FFFD), a final newline.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/lang.h"
#include "base/status.h"

namespace sceau {

using Json = nlohmann::ordered_json;
// Takes the text as it comes; a sink that can fail keeps its error for itself.
using TextSink = std::function<void(std::string_view)>;

// A document written from its beginning to its end. The document is one object.
class JsonStream {
 public:
  explicit JsonStream(TextSink sink);

  void Field(std::string_view name, const Json& value);
  void BeginArray(std::string_view name);
  void EndArray();
  // An object inside the current object, or (without name) an element of the current array.
  void BeginObject(std::string_view name = {});
  void EndObject();
  // One value of the current array.
  void Element(const Json& value);
  // Closes the document.
  void Finish();

 private:
  struct Level {
    char close;
    bool empty = true;
  };
  void Next();
  void Name(std::string_view name);
  void Value(const Json& value);
  void Begin(char open, char close);
  void End();
  void Indent();

  TextSink sink_;
  std::vector<Level> levels_;
};

// The text, or null when it is empty.
Json NullIfEmpty(std::string_view text);
// The number, or null when it is not known (0 or less): lines and columns.
Json NullIfUnknown(int64_t number);
// {"reason", "text", "line", "column", "element"}
Json ErrorJson(const Status& status, Lang lang);

}  // namespace sceau
