<?php

declare(strict_types=1);

namespace Ringback;

use Closure;
use RuntimeException;

// What Receiver.php works with: events, errors, answers, and where deliveries are remembered.

/**
 * Which signature has to be right. `Standard`: webhook-signature, which also binds the delivery id and the time.
 * `XSignature`: X-Signature, which binds the body alone, so that a recorded request can be sent again at any time.
 * `Either`: the first where it is sent, else the second.
 */
enum Scheme: string
{
    case Standard = 'standard';
    case XSignature = 'x-signature';
    case Either = 'either';
}

/** Why a request is no webhook of yours. `getCode()` is such as `signature.mismatch`; the message holds no secret. */
final class WebhookVerificationError extends RuntimeException
{
    public function __construct(string $code, string $message)
    {
        parent::__construct($message);
        $this->code = $code;
    }
}

/** What failed, of a failed job. */
final class JobError
{
    public function __construct(public readonly string $code, public readonly string $message)
    {
    }
}

/**
 * The body of a verified webhook. Finished jobs have a `status`; events about your webhooks (`webhook.failing`,
 * `webhook.recovered`, `webhook.disabled`) have `data` instead.
 */
final class WebhookEvent
{
    /** The type of the job, or of the event. */
    public readonly string $type;
    /** `success` or `failed`; null when no job has finished. */
    public readonly ?string $status;
    /** The job id, as it was in the answer to the dispatch. */
    public readonly ?string $id;
    /** Only of a failed job. */
    public readonly ?JobError $error;
    /** Only when the webhook includes results; objects are arrays. */
    public readonly mixed $result;
    /** Where to fetch a result that was too large to include. */
    public readonly ?string $resultUrl;
    /** What happened to which webhook, by name. */
    public readonly ?array $data;

    /** @param array<string, mixed> $json the whole body, with what newer servers may send */
    public function __construct(public readonly array $json)
    {
        $this->type = $json['type'];
        $this->status = self::text($json['status'] ?? null);
        $this->id = self::text($json['id'] ?? null);
        $error = $json['error'] ?? null;
        $this->error = is_array($error)
            ? new JobError(self::text($error['code'] ?? null) ?? '', self::text($error['message'] ?? null) ?? '')
            : null;
        $this->result = $json['result'] ?? null;
        $this->resultUrl = self::text($json['result_url'] ?? null);
        $this->data = is_array($json['data'] ?? null) ? $json['data'] : null;
    }

    private static function text(mixed $value): ?string
    {
        return is_string($value) ? $value : null;
    }
}

/** An event, and the id that is the same for each attempt of its delivery: with X-Signature the signature itself. */
final class VerifiedWebhook
{
    public function __construct(public readonly WebhookEvent $event, public readonly string $deliveryId)
    {
    }
}

/** What to answer. */
final class Answer
{
    /** @param array<string, string> $headers */
    public function __construct(
        public readonly int $status,
        public readonly string $body,
        public readonly array $headers = [],
    ) {
    }
}

/**
 * Remembers deliveries, so that each is handled once although it may come again. What it throws is told to `onError`, and
 * the request is answered 503.
 */
interface DeliveryStore
{
    /**
     * Takes a delivery for its handler, in one step: of several calls at once for one id, one gets `claimed`. The others
     * get `running`, or `done` when it was handled. After so many seconds the claim is over, so that the delivery of a
     * process that died can be taken again.
     */
    public function claim(string $deliveryId, int $leaseSeconds): string;

    /** It was handled. Remember that for so long. */
    public function complete(string $deliveryId, int $keepSeconds): void;

    /** Its handler failed. Forget it: it may come again. */
    public function release(string $deliveryId): void;
}

/** Remembers in this process alone: for workers that live on (RoadRunner, Swoole, FrankenPHP), and for tests. */
final class MemoryStore implements DeliveryStore
{
    /** @var array<string, array{string, int}> claim and until when in Unix seconds; the oldest first */
    private array $entries = [];

    /** @param int $idsMax some 40 MB of memory, unless told */
    public function __construct(private readonly int $idsMax = 100_000)
    {
    }

    public function claim(string $deliveryId, int $leaseSeconds): string
    {
        [$claim, $until] = $this->entries["#$deliveryId"] ?? ['done', 0];
        if ($until > time()) {
            return $claim;
        }
        $this->remember($deliveryId, 'running', $leaseSeconds);
        return 'claimed';
    }

    public function complete(string $deliveryId, int $keepSeconds): void
    {
        $this->remember($deliveryId, 'done', $keepSeconds);
    }

    public function release(string $deliveryId): void
    {
        unset($this->entries["#$deliveryId"]);
    }

    private function remember(string $deliveryId, string $claim, int $seconds): void
    {
        // With a mark in front: PHP makes numbers of keys that look like some.
        unset($this->entries["#$deliveryId"]);
        $this->entries["#$deliveryId"] = [$claim, time() + $seconds];
        while (count($this->entries) > $this->idsMax) {
            unset($this->entries[array_key_first($this->entries)]);
        }
    }
}

/**
 * Remembers in a folder, one small file for each delivery, shared by all processes of a machine. PHP keeps no memory from
 * one request to the next, so this is the one to begin with. The folder must not be writable for strangers. Of every 100
 * claims one deletes files that are over.
 */
final class FileStore implements DeliveryStore
{
    public function __construct(private readonly string $folder)
    {
        if (!is_dir($folder) && !@mkdir($folder, 0o700, true) && !is_dir($folder)) {
            throw new RuntimeException("The folder $folder is not there and cannot be made.");
        }
    }

    public function claim(string $deliveryId, int $leaseSeconds): string
    {
        if (random_int(1, 100) === 1) {
            $this->deleteOld();
        }
        return $this->locked($deliveryId, function ($file) use ($leaseSeconds): string {
            [$claim, $until] = explode(' ', stream_get_contents($file) . ' 0 0');
            if ((int) $until > time()) {
                return $claim;
            }
            self::write($file, 'running', $leaseSeconds);
            return 'claimed';
        });
    }

    public function complete(string $deliveryId, int $keepSeconds): void
    {
        $this->locked($deliveryId, fn ($file) => self::write($file, 'done', $keepSeconds));
    }

    public function release(string $deliveryId): void
    {
        $this->locked($deliveryId, fn ($file) => ftruncate($file, 0));
    }

    private function locked(string $deliveryId, Closure $work): mixed
    {
        // A hash, because an id comes from outside and must not name other files.
        $file = fopen("$this->folder/" . hash('sha256', $deliveryId), 'c+');
        if ($file === false || !flock($file, LOCK_EX)) {
            throw new RuntimeException("Files in $this->folder cannot be written.");
        }
        try {
            return $work($file);
        } finally {
            fclose($file);
        }
    }

    /** @param resource $file */
    private static function write($file, string $claim, int $seconds): void
    {
        ftruncate($file, 0);
        rewind($file);
        if (fwrite($file, $claim . ' ' . (time() + $seconds)) === false || !fflush($file)) {
            throw new RuntimeException('The file of a delivery cannot be written.');
        }
    }

    private function deleteOld(): void
    {
        foreach (glob("$this->folder/*") ?: [] as $path) {
            // An hour later than any claim needs, so that nobody has it open.
            $until = (int) (explode(' ', (string) @file_get_contents($path))[1] ?? 0);
            if (max($until, (int) @filemtime($path)) < time() - 3_600) {
                @unlink($path);
            }
        }
    }
}
