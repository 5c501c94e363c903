// What the suite over HTTP does not show, with the figures and in the order of php/behaviours.php and python/behaviours.py.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;
using Ringback;

public static class Behaviours
{
    private const string Secret = "correct horse battery staple";
    private const string Body = "{\"id\":\"1\",\"status\":\"failed\",\"type\":\"content_translate\",\"error\":{\"code\":\"job.cancelled\",\"message\":\"m\"}}";

    public static async Task RunAsync()
    {
        var seen = RingbackWebhook.Verify(Encoding.UTF8.GetBytes(Body), Signed("7"), new[] { Secret });
        Same("failed job.cancelled 7", seen.Event.Status + " " + seen.Event.ErrorCode + " " + seen.DeliveryId, "the event");
        await StoresAsync();
        await AnswersAfterTheHandlerAsync();
        await FaultsOfOthersAsync();
        await SecretsAsync();
        await BodiesAsync();
        await DrainingAsync();
        Console.WriteLine("OK");
    }

    private static void Same(string expected, string given, string what)
    {
        if (expected != given) throw new Exception(what + ": " + given + " is not " + expected);
    }

    private static Func<string, string> Signed(string id = "1")
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        using (var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(Secret)))
        {
            var signature = Convert.ToBase64String(hmac.ComputeHash(Encoding.UTF8.GetBytes(id + "." + now + "." + Body)));
            var headers = new Dictionary<string, string> {
                { "webhook-id", id }, { "webhook-timestamp", now.ToString() }, { "webhook-signature", "v1," + signature } };
            return name => headers.ContainsKey(name) ? headers[name] : null;
        }
    }

    private static async Task<string> PostAsync(RingbackReceiver receiver, string id = "1", string body = Body, long? length = null)
    {
        var answer = await receiver.ReceiveAsync("POST", Signed(id), new MemoryStream(Encoding.UTF8.GetBytes(body)), length);
        return answer.Status + " " + answer.Body + (answer.Headers.ContainsKey("Retry-After") ? " " + answer.Headers["Retry-After"] : "");
    }

    private static Task Ignore(WebhookEvent webhook, string deliveryId) { return Task.CompletedTask; }

    private static async Task StoresAsync()
    {
        var store = new MemoryStore();
        var minute = TimeSpan.FromMinutes(1);
        Same("Claimed Running", await store.ClaimAsync("a", minute) + " " + await store.ClaimAsync("a", minute), "claims");
        await store.ReleaseAsync("a");
        await store.ReleaseAsync("never there");
        await store.CompleteAsync("b", minute);
        var over = await store.ClaimAsync("a", TimeSpan.FromSeconds(-1));
        Same("Claimed Done Claimed", over + " " + await store.ClaimAsync("b", minute) + " " + await store.ClaimAsync("a", minute), "ends");
        var few = new MemoryStore(2);
        var claims = new List<string>();
        foreach (var id in new[] { "a", "b", "c", "a", "c" }) claims.Add((await few.ClaimAsync(id, minute)).ToString());
        Same("Claimed Claimed Claimed Claimed Running", string.Join(" ", claims), "the newest are kept");
    }

    private static async Task AnswersAfterTheHandlerAsync()
    {
        var lines = new List<string>();
        var outcomes = new Queue<Exception>(new[] { new Exception("no"), null });
        RingbackReceiver receiver = null;
        receiver = new RingbackReceiver(Secret, async (webhook, id) =>
        {
            Same("409 running", await PostAsync(receiver), "the same, meanwhile");
            var outcome = outcomes.Dequeue();
            if (outcome != null) throw outcome;
        }, new ReceiverOptions { AnswerAfterHandler = true, Log = line => lines.Add(line.Outcome), OnError = (error, webhook) => { } });
        var answers = new List<string>();
        for (var times = 0; times < 3; times++) answers.Add(await PostAsync(receiver));
        Same("500 failed, 200 ok, 200 duplicate", string.Join(", ", answers), "answers");
        Same("accepted duplicate failed accepted duplicate handled duplicate", string.Join(" ", lines), "lines");
    }

    private sealed class Broken : IDeliveryStore
    {
        public Task<Claim> ClaimAsync(string deliveryId, TimeSpan lease) { throw new Exception("broken"); }
        public Task CompleteAsync(string deliveryId, TimeSpan keep) { return Task.CompletedTask; }
        public Task ReleaseAsync(string deliveryId) { return Task.CompletedTask; }
    }

    private static async Task FaultsOfOthersAsync()
    {
        var errors = new List<string>();
        Action<ReceiverLine> log = line => { throw new Exception("broken"); };
        var options = new ReceiverOptions { Store = new Broken(), Log = log, OnError = (error, webhook) => errors.Add(error.Message) };
        Same("503 unavailable", await PostAsync(new RingbackReceiver(Secret, Ignore, options)), "a store that fails");
        Same("broken broken", string.Join(" ", errors), "errors of store and log");
    }

    private static async Task SecretsAsync()
    {
        foreach (var secrets in new[] { null, new string[0], new[] { "whsec_x" }, new[] { "whpk_x", Secret } })
        {
            var code = secrets != null && secrets.Length > 0 ? "secret.malformed" : "secret.missing";
            var thrown = "nothing";
            try { new RingbackReceiver(secrets, Ignore); }
            catch (WebhookVerificationException error) { thrown = error.Code; }
            Same(code, thrown, "said at the start");
            var errors = new List<Exception>();
            var options = new ReceiverOptions { OnError = (error, webhook) => errors.Add(error) };
            Same("500 " + code, await PostAsync(new RingbackReceiver(() => secrets, Ignore, options)), "said at a request");
            Same("1", errors.Count.ToString(), "errors");
        }
        var current = new[] { "another" };
        var reported = "nothing";
        var rotated = new RingbackReceiver(() => current ?? throw new Exception("no vault"), Ignore,
            new ReceiverOptions { OnError = (error, webhook) => reported = error.Message });
        Same("401 signature.mismatch", await PostAsync(rotated), "before it changed");
        current = new[] { "another", Secret };
        Same("200 ok", await PostAsync(rotated), "asked at each request");
        current = null;
        Same("500 error no vault", await PostAsync(rotated) + " " + reported, "a function that fails");
    }

    private sealed class Cut : MemoryStream
    {
        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, System.Threading.CancellationToken token)
        {
            throw new IOException("reset");
        }
    }

    private static async Task BodiesAsync()
    {
        var receiver = new RingbackReceiver(Secret, Ignore, new ReceiverOptions { OnError = (error, webhook) => { } });
        Same("400 body.incomplete", await PostAsync(receiver, body: Body.Substring(0, 5), length: Body.Length), "a body that was cut");
        Same("500 body.parsed", await PostAsync(receiver, body: "", length: Body.Length), "a body that was read");
        var answer = await receiver.ReceiveAsync("POST", Signed(), new Cut(), null);
        Same("400 body.incomplete", answer.Status + " " + answer.Body, "a connection that broke");
        Same("200 ok", await PostAsync(receiver, length: Body.Length), "a whole body");
    }

    private static async Task DrainingAsync()
    {
        var gate = new TaskCompletionSource<bool>();
        var lines = new List<string>();
        var receiver = new RingbackReceiver(Secret, (webhook, id) => gate.Task, new ReceiverOptions { Log = line => lines.Add(line.Outcome) });
        Same("200 ok", await PostAsync(receiver), "the first");
        var drained = receiver.DrainAsync();
        Same("503 stopping 10", await PostAsync(receiver, "2"), "while it drains");
        Same("False accepted", drained.IsCompleted + " " + string.Join(" ", lines), "it waits");
        gate.SetResult(true);
        await drained;
        Same("accepted handled", string.Join(" ", lines), "it has waited");
    }
}
