#include "xml/parser.h"

#include <expat.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "base/c_handle.h"
#include "base/strings.h"
#include "xml/namespaces.h"

namespace sceau::xml {
namespace {

constexpr int kMaxRead = 256 * 1024;
// Different xml: attributes in one document. XML defines lang, space, base and id and reserves the
// rest (XML 1.0 §2.3); each is inherited by every element below, so their number is bounded.
constexpr size_t kMaxXmlAttributes = 8;
constexpr std::string_view kXmlnsNamespace = "http://www.w3.org/2000/xmlns/";

using ExpatHandle = CHandle<XML_ParserStruct, XML_ParserFree>;

// Characters that may stand in a name but not begin one (XML 1.0 §2.3), and those of ISO-8859-1
// that Expat takes for letters although XML does not. In UTF-8.
bool BeginsName(std::string_view name) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(name[i]); };
  if (name.empty() || absl::ascii_isdigit(byte(0)) || name[0] == '-' || name[0] == '.')
    return false;
  if (byte(0) < 0x80 || name.size() < 2) return true;
  const unsigned point = static_cast<unsigned>(byte(0) << 8) | byte(1);
  const bool combining = point >= 0xCC80 && point <= 0xCDAF;  // U+0300 to U+036F
  const bool tie = name.starts_with("\xE2\x80\xBF") || name.starts_with("\xE2\x81\x80");
  return point != 0xC2B7 && !combining && !tie;
}

bool IsXmlName(std::string_view name) {
  for (size_t at = name.find('\xC2'); at != std::string_view::npos;
       at = name.find('\xC2', at + 1)) {
    const std::string_view character = name.substr(at, 2);
    if (character == "\xC2\xAA" || character == "\xC2\xB5" || character == "\xC2\xBA") return false;
  }
  return true;
}

// Splits a qualified name; false when it is none (Namespaces in XML §4).
bool SplitName(std::string_view qname, std::string_view* prefix, std::string_view* local) {
  if (!IsXmlName(qname)) return false;
  const size_t colon = qname.find(':');
  if (colon == std::string_view::npos) {
    *prefix = {};
    *local = qname;
    return true;
  }
  *prefix = qname.substr(0, colon);
  *local = qname.substr(colon + 1);
  return BeginsName(*prefix) && BeginsName(*local) && local->find(':') == std::string_view::npos;
}

// Turns Expat's calls into events: resolves namespaces, checks limits, stops on the first error.
class EventSource {
 public:
  EventSource(const char* encoding, Handler& handler, const Limits& limits)
      : parser_(XML_ParserCreate(encoding)), handler_(handler), limits_(limits) {
    XML_Parser p = parser_.get();
    XML_SetUserData(p, this);
    XML_SetElementHandler(p, &EventSource::StartCall, &EventSource::EndCall);
    XML_SetCharacterDataHandler(p, &EventSource::TextCall);
    XML_SetProcessingInstructionHandler(p, &EventSource::InstructionCall);
    XML_SetCommentHandler(p, &EventSource::CommentCall);
    XML_SetStartDoctypeDeclHandler(p, &EventSource::DoctypeCall);
  }

  // Feeds the bytes that `read` puts into the buffer (0 at the end of the document), as many at once
  // as suits a document of `size` bytes.
  template <typename Read>
  Status Run(int64_t size, Read read) {
    const int read_size = static_cast<int>(std::clamp<int64_t>(size + 1, 1024, kMaxRead));
    int64_t fed = 0;
    while (true) {
      void* buffer = XML_GetBuffer(parser_.get(), read_size);
      if (buffer == nullptr) return Error(Reason::kInternal, "memory");
      SCEAU_ASSIGN_OR_RETURN(const size_t got, read(static_cast<char*>(buffer), static_cast<size_t>(read_size)));
      fed += static_cast<int64_t>(got);
      const XML_Status result =
          XML_ParseBuffer(parser_.get(), static_cast<int>(got), got == 0 ? 1 : 0);
      if (!status_.ok()) return status_;
      if (result != XML_STATUS_OK) return NotXml();
      if (got == 0) return OkStatus();
      // Markup that is not complete yet waits in Expat's buffer.
      if (fed - XML_GetCurrentByteIndex(parser_.get()) > limits_.max_markup + kMaxRead) {
        return Error(Reason::kXmlLimitExceeded, "markup", Here());
      }
    }
  }

 private:
  static EventSource& Self(void* data) { return *static_cast<EventSource*>(data); }
  static void XMLCALL StartCall(void* data, const XML_Char* name, const XML_Char** attributes) {
    Self(data).Keep(Self(data).Start(name, attributes));
  }
  static void XMLCALL EndCall(void* data, const XML_Char* name) {
    Self(data).Keep(Self(data).End(name));
  }
  static void XMLCALL TextCall(void* data, const XML_Char* text, int length) {
    EventSource& self = Self(data);
    if (self.status_.ok()) self.Keep(self.handler_.OnText({text, static_cast<size_t>(length)}));
  }
  static void XMLCALL InstructionCall(void* data, const XML_Char* target, const XML_Char* text) {
    EventSource& self = Self(data);
    if (!self.status_.ok()) return;
    // A target is a name without a colon (Namespaces in XML §7).
    const std::string_view name = target;
    const bool good = IsXmlName(name) && name.find(':') == std::string_view::npos;
    self.Keep(good ? self.handler_.OnInstruction(target, text)
                   : Error(Reason::kNotXml, name, self.Here()));
  }
  static void XMLCALL CommentCall(void* data, const XML_Char* text) {
    EventSource& self = Self(data);
    if (self.status_.ok()) self.Keep(self.handler_.OnComment(text));
  }
  static void XMLCALL DoctypeCall(void* data, const XML_Char*, const XML_Char*, const XML_Char*,
                                  int) {
    Self(data).Keep(Error(Reason::kDoctypeRefused, "", Self(data).Here()));
  }

  void Keep(Status status) {
    if (status.ok() || !status_.ok()) return;
    status_ = std::move(status);
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  Place Here() const {
    return {static_cast<int64_t>(XML_GetCurrentLineNumber(parser_.get())),
            static_cast<int64_t>(XML_GetCurrentColumnNumber(parser_.get())) + 1, ""};
  }

  Status NotXml() const {
    return Error(Reason::kNotXml, XML_ErrorString(XML_GetErrorCode(parser_.get())), Here());
  }

  ByteRange Bytes() const {
    return {XML_GetCurrentByteIndex(parser_.get()), XML_GetCurrentByteCount(parser_.get())};
  }

  Status Start(const XML_Char* name, const XML_Char** attributes);
  Status End(const XML_Char* name);
  Status Declare(std::string_view prefix, std::string_view uri);
  Status ResolveAttributes();

  ExpatHandle parser_;
  Handler& handler_;
  const Limits limits_;
  Status status_;
  NamespaceScope scope_;
  std::set<std::string, std::less<>> xml_attributes_;  // names met
  int depth_ = 0;
  std::vector<Attribute> attributes_;
  std::vector<NamespaceDeclaration> declarations_;
};

Status EventSource::Declare(std::string_view prefix, std::string_view uri) {
  const bool reserved_prefix = prefix == "xmlns" || (prefix == "xml") != (uri == kXmlNamespace);
  if (reserved_prefix || uri == kXmlnsNamespace || (uri.empty() && !prefix.empty())) {
    return Error(Reason::kNotXml, Concat("xmlns:", prefix), Here());
  }
  if (scope_.bindings().size() >= NamespaceScope::kMaxBindings ||
      uri.size() > NamespaceScope::kMaxUri) {
    return Error(Reason::kXmlLimitExceeded, "namespaces", Here());
  }
  declarations_.push_back({prefix, uri});
  if (prefix != "xml") scope_.Declare(prefix, uri, depth_);
  return OkStatus();
}

Status EventSource::ResolveAttributes() {
  for (Attribute& attribute : attributes_) {
    if (attribute.prefix.empty()) continue;
    if (attribute.prefix == "xml") {
      xml_attributes_.emplace(attribute.local);
      if (xml_attributes_.size() > kMaxXmlAttributes) {
        return Error(Reason::kXmlLimitExceeded, attribute.qname, Here());
      }
    }
    const std::string* uri = scope_.Find(attribute.prefix);
    if (uri == nullptr) return Error(Reason::kNotXml, attribute.qname, Here());
    attribute.uri = *uri;
  }
  if (attributes_.size() < 2) return OkStatus();
  // Expat refuses the same name twice; two prefixes of one namespace are found here.
  std::vector<const Attribute*> qualified;
  for (const Attribute& attribute : attributes_) {
    if (!attribute.prefix.empty()) qualified.push_back(&attribute);
  }
  const auto key = [](const Attribute* a) { return std::pair(a->uri, a->local); };
  std::sort(qualified.begin(), qualified.end(),
            [&](const Attribute* a, const Attribute* b) { return key(a) < key(b); });
  for (size_t i = 1; i < qualified.size(); ++i) {
    if (key(qualified[i - 1]) == key(qualified[i])) {
      return Error(Reason::kNotXml, qualified[i]->qname, Here());
    }
  }
  return OkStatus();
}

Status EventSource::Start(const XML_Char* name, const XML_Char** attributes) {
  if (!status_.ok()) return OkStatus();
  ++depth_;
  if (depth_ > limits_.max_depth) return Error(Reason::kXmlLimitExceeded, "depth", Here());
  attributes_.clear();
  declarations_.clear();
  int count = 0;
  for (const XML_Char** pair = attributes; *pair != nullptr; pair += 2) {
    if (++count > limits_.max_attributes) {
      return Error(Reason::kXmlLimitExceeded, "attributes", Here());
    }
    const std::string_view qname = pair[0];
    const std::string_view value = pair[1];
    if (qname == "xmlns") {
      SCEAU_RETURN_IF_ERROR(Declare("", value));
      continue;
    }
    Attribute attribute{qname, {}, {}, {}, value};
    if (!SplitName(qname, &attribute.prefix, &attribute.local)) {
      return Error(Reason::kNotXml, qname, Here());
    }
    if (attribute.prefix == "xmlns") {
      SCEAU_RETURN_IF_ERROR(Declare(attribute.local, value));
    } else {
      attributes_.push_back(attribute);
    }
  }
  SCEAU_RETURN_IF_ERROR(ResolveAttributes());

  StartElement element;
  element.qname = name;
  if (!SplitName(element.qname, &element.prefix, &element.local)) {
    return Error(Reason::kNotXml, element.qname, Here());
  }
  if (element.prefix.empty()) {
    element.uri = scope_.DefaultUri();
  } else {
    const std::string* uri = scope_.Find(element.prefix);
    if (uri == nullptr) return Error(Reason::kNotXml, element.qname, Here());
    element.uri = *uri;
  }
  element.attributes = attributes_;
  element.declarations = declarations_;
  element.scope = &scope_;
  element.depth = depth_;
  element.bytes = Bytes();
  const Place here = Here();
  element.line = here.line;
  element.column = here.column;
  return handler_.OnStart(element);
}

Status EventSource::End(const XML_Char* name) {
  if (!status_.ok()) return OkStatus();
  Status status = handler_.OnEnd({name, depth_, Bytes()});
  scope_.Leave(depth_);
  --depth_;
  return status;
}

}  // namespace

StatusOr<Gate> Parse(const InputFile& file, Handler& handler, const Limits& limits,
                     OctetSink* raw) {
  SCEAU_ASSIGN_OR_RETURN(const Gate gate, PassGate(file));
  EventSource source(NameOf(gate.encoding).data(), handler, limits);
  int64_t at = 0;
  SCEAU_RETURN_IF_ERROR(source.Run(file.growing() ? kMaxRead : file.size(), [&](char* buffer, size_t size) -> StatusOr<size_t> {
    SCEAU_ASSIGN_OR_RETURN(const size_t got, file.ReadAt(at, buffer, size));
    at += static_cast<int64_t>(got);
    if (raw != nullptr) raw->Write({buffer, got});
    return got;
  }));
  return gate;
}

Status ParseText(std::string_view text, Handler& handler, const Limits& limits) {
  EventSource source("UTF-8", handler, limits);
  return source.Run(static_cast<int64_t>(text.size()),
                    [&](char* buffer, size_t size) -> StatusOr<size_t> {
                      const size_t got = std::min(size, text.size());
                      std::memcpy(buffer, text.data(), got);
                      text.remove_prefix(got);
                      return got;
                    });
}

}  // namespace sceau::xml
