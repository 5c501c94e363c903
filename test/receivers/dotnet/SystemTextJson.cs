// As much of System.Text.Json as the receiver and its tests use, for Mono, which has none: a strict reader of JSON.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace System.Text.Json
{
    public enum JsonValueKind { Undefined, Object, Array, String, Number, True, False, Null }

    public sealed class JsonException : Exception
    {
        public JsonException(string message) : base(message) { }
    }

    public struct JsonDocumentOptions
    {
        public int MaxDepth { get; set; }
    }

    public struct JsonProperty
    {
        public string Name { get; internal set; }
        public JsonElement Value { get; internal set; }
    }

    public struct JsonElement
    {
        internal object Value;
        internal string Raw;
        public JsonValueKind ValueKind { get; internal set; }

        public JsonElement Clone() { return this; }
        public string GetString() { return (string)Value; }
        public int GetInt32() { return int.Parse(Raw, CultureInfo.InvariantCulture); }
        public string GetRawText() { return Raw; }
        public IEnumerable<JsonElement> EnumerateArray() { return (List<JsonElement>)Value; }
        public JsonElement GetProperty(string name) { return ((Dictionary<string, JsonElement>)Value)[name]; }
        public bool TryGetProperty(string name, out JsonElement value)
        {
            return ((Dictionary<string, JsonElement>)Value).TryGetValue(name, out value);
        }
        public IEnumerable<JsonProperty> EnumerateObject()
        {
            return ((Dictionary<string, JsonElement>)Value).Select(pair => new JsonProperty { Name = pair.Key, Value = pair.Value });
        }
    }

    public sealed class JsonDocument : IDisposable
    {
        private readonly string text;
        private readonly int depthMax;
        private int at;

        private JsonDocument(string text, int depthMax)
        {
            this.text = text;
            this.depthMax = depthMax;
            RootElement = ReadValue(0);
            SkipSpace();
            if (at != text.Length) throw Wrong();
        }

        public JsonElement RootElement { get; }

        public static JsonDocument Parse(string json, JsonDocumentOptions options = default(JsonDocumentOptions))
        {
            return new JsonDocument(json, options.MaxDepth == 0 ? 64 : options.MaxDepth);
        }

        public void Dispose() { }

        private JsonException Wrong() { return new JsonException("no JSON at " + at); }

        private char Peek()
        {
            if (at >= text.Length) throw Wrong();
            return text[at];
        }

        private void SkipSpace() { while (at < text.Length && " \t\r\n".IndexOf(text[at]) >= 0) at++; }

        private bool Take(char wanted)
        {
            SkipSpace();
            if (Peek() != wanted) return false;
            at++;
            return true;
        }

        private JsonElement ReadValue(int depth)
        {
            if (depth > depthMax) throw Wrong();
            SkipSpace();
            var start = at;
            var element = new JsonElement();
            switch (Peek())
            {
                case '{':
                    at++;
                    var members = new Dictionary<string, JsonElement>();
                    if (!Take('}'))
                    {
                        do
                        {
                            SkipSpace();
                            var name = ReadText();
                            if (!Take(':')) throw Wrong();
                            members[name] = ReadValue(depth + 1);
                        } while (Take(','));
                        if (!Take('}')) throw Wrong();
                    }
                    element.ValueKind = JsonValueKind.Object;
                    element.Value = members;
                    break;
                case '[':
                    at++;
                    var items = new List<JsonElement>();
                    if (!Take(']'))
                    {
                        do items.Add(ReadValue(depth + 1)); while (Take(','));
                        if (!Take(']')) throw Wrong();
                    }
                    element.ValueKind = JsonValueKind.Array;
                    element.Value = items;
                    break;
                case '"':
                    element.ValueKind = JsonValueKind.String;
                    element.Value = ReadText();
                    break;
                default:
                    while (at < text.Length && ",]} \t\r\n".IndexOf(text[at]) < 0) at++;
                    var word = text.Substring(start, at - start);
                    if (word == "true") element.ValueKind = JsonValueKind.True;
                    else if (word == "false") element.ValueKind = JsonValueKind.False;
                    else if (word == "null") element.ValueKind = JsonValueKind.Null;
                    else if (RegularExpressions.Regex.IsMatch(word, @"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z")) element.ValueKind = JsonValueKind.Number;
                    else throw Wrong();
                    break;
            }
            element.Raw = text.Substring(start, at - start);
            return element;
        }

        private string ReadText()
        {
            if (Peek() != '"') throw Wrong();
            at++;
            var read = new StringBuilder();
            while (Peek() != '"')
            {
                var character = text[at++];
                if (character < ' ') throw Wrong();
                if (character != '\\')
                {
                    read.Append(character);
                    continue;
                }
                var escape = Peek();
                at++;
                var index = "\"\\/bfnrt".IndexOf(escape);
                ushort code;
                if (index >= 0) read.Append("\"\\/\b\f\n\r\t"[index]);
                else if (escape == 'u' && at + 4 <= text.Length
                    && ushort.TryParse(text.Substring(at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code))
                {
                    read.Append((char)code);
                    at += 4;
                }
                else throw Wrong();
            }
            at++;
            return read.ToString();
        }
    }
}
